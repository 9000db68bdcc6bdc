using System.Globalization;
using System.Reflection;

namespace OrleansMail.Server.Hosting.Settings;

/// <summary>One setting, as its property declares it.</summary>
/// <param name="Key">Its key, with the section.</param>
/// <param name="Property">The property.</param>
/// <param name="Owner">Finds the object that has the property.</param>
/// <param name="About">What the property's attribute says.</param>
/// <param name="Rule">Which values it may have; null for every value of its type.</param>
/// <param name="List">The list of whose elements it is a setting; null when it is of none.</param>
internal sealed record Setting(string Key, PropertyInfo Property, Func<OrleansMailSettings, object> Owner, SettingAttribute About, AllowedAttribute? Rule, SettingList? List = null)
{
    private Type ValueType => Nullable.GetUnderlyingType(Property.PropertyType) ?? Property.PropertyType;

    /// <summary>The allowed values in words.</summary>
    public string Allowed => Rule?.Allowed ?? (ValueType == typeof(bool) ? "true, false" : ValueType.IsEnum ? string.Join(", ", Enum.GetNames(ValueType).Select(Spelled)) : "any text");

    /// <summary>The value that a settings object has.</summary>
    public object? Get(OrleansMailSettings settings) => Property.GetValue(Owner(settings));

    /// <summary>Takes a value from its text.</summary>
    /// <returns>False when it is none of the allowed ones; nothing is set then.</returns>
    public bool TrySet(OrleansMailSettings settings, string text)
    {
        if (Read(text) is not { } value || Rule?.Allows(value) == false)
            return false;
        Property.SetValue(Owner(settings), value);
        return true;
    }

    /// <summary>The setting of one element of its list.</summary>
    /// <param name="number">Its number in the key.</param>
    /// <param name="place">Its place in the list.</param>
    public Setting Of(string number, int place) => this with
    {
        Key = Key.Replace(SettingList.Number, number, StringComparison.Ordinal),
        Owner = settings => ((System.Collections.IList)List!.Owner(settings))[place]!,
    };

    /// <summary>How a value is written.</summary>
    public static string Write(object? value) => value switch
    {
        null => "none",
        bool flag => flag ? "true" : "false",
        Enum choice => choice.ToString() == nameof(ServerRole.All) ? "all" : choice.ToString(),
        TimeSpan span => span.ToString("c", CultureInfo.InvariantCulture),
        IFormattable number => number.ToString("#,0", CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };

    private object? Read(string text)
    {
        if (ValueType == typeof(string))
            return text;
        if (ValueType == typeof(bool))
            return bool.TryParse(text, out var flag) ? flag : null;
        if (ValueType == typeof(int))
            return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;
        if (ValueType == typeof(long))
            return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;
        if (ValueType == typeof(TimeSpan))
            return TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out var span) ? span : null;
        return Enum.GetNames(ValueType).Any(n => n.Equals(text, StringComparison.OrdinalIgnoreCase)) ? Enum.Parse(ValueType, text, ignoreCase: true) : null;
    }

    private string Spelled(string name) => ValueType == typeof(ServerRole) ? name.ToLowerInvariant() : name;
}
