using System.Collections;
using System.Globalization;

namespace OrleansMail.Server.Hosting.Settings;

/// <summary>A list in the settings: its elements are numbered in the keys, as in <c>OrleansMail:Smtp:Listeners:0:Address</c>.</summary>
/// <param name="Key">The key of the list.</param>
/// <param name="ElementType">What it is a list of.</param>
/// <param name="Owner">Finds the list.</param>
internal sealed record SettingList(string Key, Type ElementType, Func<OrleansMailSettings, object> Owner)
{
    /// <summary>What stands for the number in a key that is not about one element.</summary>
    public const string Number = "{n}";

    /// <summary>More are not read: each is a socket or a file.</summary>
    public const int MaxElements = 1000;

    /// <summary>The numbers that the configuration has, in order; gaps do not matter.</summary>
    public IReadOnlyList<string> Numbers(IConfiguration configuration) =>
    [
        .. configuration.GetSection(Key).GetChildren().Select(child => child.Key)
            .Where(name => int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            .OrderBy(name => int.Parse(name, CultureInfo.InvariantCulture))
            .Take(MaxElements),
    ];

    /// <summary>Adds an element to the list of a settings object.</summary>
    public void Add(OrleansMailSettings settings) => ((IList)Owner(settings)).Add(Activator.CreateInstance(ElementType));
}
