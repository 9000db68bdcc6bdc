namespace OrleansMail.Server.Hosting.Settings;

/// <summary>Finds keys under <c>OrleansMail:</c> that no setting has.</summary>
internal static class UnknownSettings
{
    /// <summary>A line for each, with the key that was probably meant.</summary>
    public static IReadOnlyList<string> Find(IConfiguration configuration)
    {
        var known = SettingsCatalog.In(configuration).Select(s => s.Key).ToArray();
        return
        [
            .. configuration.GetSection(OrleansMailSettings.Section).AsEnumerable()
                .Where(pair => pair.Value is not null && !known.Contains(pair.Key, StringComparer.OrdinalIgnoreCase))
                .Select(pair => $"There is no setting {pair.Key}; it is ignored.{Suggest(pair.Key, [.. known, .. SettingsCatalog.All.Select(s => s.Key)])}"),
        ];
    }

    private static string Suggest(string key, string[] known) => Suggestion.For(key, known) is { } near ? $" Did you mean {near}?" : "";
}
