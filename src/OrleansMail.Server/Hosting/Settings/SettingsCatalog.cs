using System.Reflection;

namespace OrleansMail.Server.Hosting.Settings;

/// <summary>Every setting there is, read off the settings types: what binding, help, suggestions and the reference page work by.</summary>
internal static class SettingsCatalog
{
    /// <summary>The settings in the order they are declared.</summary>
    public static IReadOnlyList<Setting> All { get; } = [.. Collect(typeof(OrleansMailSettings), OrleansMailSettings.Section, static s => s, null)];

    /// <summary>The lists among them.</summary>
    public static IReadOnlyList<SettingList> Lists { get; } = [.. All.Select(static setting => setting.List).OfType<SettingList>().Distinct()];

    /// <summary>The settings as a configuration has them: those of lists once for each element.</summary>
    public static IEnumerable<Setting> In(IConfiguration configuration) => All.SelectMany(setting =>
        setting.List is { } list ? list.Numbers(configuration).Select(setting.Of) : [setting]);

    private static IEnumerable<Setting> Collect(Type type, string prefix, Func<OrleansMailSettings, object> owner, SettingList? list)
    {
        foreach (var property in type.GetProperties())
        {
            var key = $"{prefix}:{property.Name}";
            if (property.GetCustomAttribute<SettingAttribute>() is { } about)
            {
                yield return new Setting(key, property, owner, about, property.GetCustomAttribute<AllowedAttribute>(), list);
                continue;
            }

            foreach (var nested in CollectInside(property, key, settings => property.GetValue(owner(settings))!))
                yield return nested;
        }
    }

    // What is said of a list's elements is said of one that nobody has set.
    private static IEnumerable<Setting> CollectInside(PropertyInfo property, string key, Func<OrleansMailSettings, object> owner)
    {
        if (!property.PropertyType.IsGenericType)
            return Collect(property.PropertyType, key, owner, null);
        var element = property.PropertyType.GetGenericArguments()[0];
        return Collect(element, $"{key}:{SettingList.Number}", _ => Activator.CreateInstance(element)!, new SettingList(key, element, owner));
    }
}
