using System.Reflection;

namespace OrleansMail.Server.Hosting.Settings;

/// <summary>Every setting there is, read off the settings types: what binding, help, suggestions and the reference page work by.</summary>
internal static class SettingsCatalog
{
    /// <summary>The settings in the order they are declared.</summary>
    public static IReadOnlyList<Setting> All { get; } = [.. Collect(typeof(OrleansMailSettings), OrleansMailSettings.Section, static s => s)];

    private static IEnumerable<Setting> Collect(Type type, string prefix, Func<OrleansMailSettings, object> owner)
    {
        foreach (var property in type.GetProperties())
        {
            var key = $"{prefix}:{property.Name}";
            if (property.GetCustomAttribute<SettingAttribute>() is { } about)
            {
                yield return new Setting(key, property, owner, about, property.GetCustomAttribute<AllowedAttribute>());
                continue;
            }

            foreach (var nested in Collect(property.PropertyType, key, settings => property.GetValue(owner(settings))!))
                yield return nested;
        }
    }
}
