namespace OrleansMail.Server.Hosting.Settings;

/// <summary>Reads the settings from the configuration and checks all of them at once.</summary>
internal static class SettingsReader
{
    /// <summary>Reads the settings.</summary>
    /// <param name="configuration">The configuration of the host.</param>
    /// <param name="isDevelopment">Whether the defaults of Development count.</param>
    public static SettingsResult Read(IConfiguration configuration, bool isDevelopment)
    {
        var settings = new OrleansMailSettings();
        var errors = new List<string>();
        foreach (var list in SettingsCatalog.Lists)
        {
            foreach (var _ in list.Numbers(configuration))
                list.Add(settings);
        }

        foreach (var setting in SettingsCatalog.In(configuration))
        {
            var text = configuration[setting.Key];
            if (string.IsNullOrEmpty(text))
                text = isDevelopment ? setting.About.DevelopmentDefault : null;
            if (text is not null && !setting.TrySet(settings, text))
                errors.Add($"{setting.Key} is {Shown(setting, text)}; allowed: {setting.Allowed}.{Switch(setting)}");
            else if (text is null && setting.About.IsRequired)
                errors.Add($"{setting.Key} is not set; allowed: {setting.Allowed}.");
        }

        if (settings.OperatorKey is null && string.IsNullOrEmpty(configuration[$"{OrleansMailSettings.Section}:OperatorKey"]))
            errors.Add($"{OrleansMailSettings.Section}:OperatorKey is not set; allowed: at least 16 characters. Set it with --operator-key, or start in Development.");
        return new SettingsResult(settings, errors, UnknownSettings.Find(configuration));
    }

    private static string Shown(Setting setting, string text) =>
        setting.About.IsSecret ? $"not acceptable ({text.Length} characters)" : $"'{(text.Length <= 100 ? text : text[..100] + "…")}'";

    private static string Switch(Setting setting) => setting.About.Switch is { } name ? $" It is set by {name} or its key." : "";
}

/// <summary>What came of reading the settings.</summary>
/// <param name="Settings">The settings; whole only without errors.</param>
/// <param name="Errors">Everything that forbids a start, a line each.</param>
/// <param name="Warnings">What was ignored, a line each.</param>
internal sealed record SettingsResult(OrleansMailSettings Settings, IReadOnlyList<string> Errors, IReadOnlyList<string> Warnings);
