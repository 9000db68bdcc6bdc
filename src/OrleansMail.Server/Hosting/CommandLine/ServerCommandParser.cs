using OrleansMail.Server.Hosting.Settings;

namespace OrleansMail.Server.Hosting.CommandLine;

/// <summary>
/// Reads the command line: short switches, and any configuration key as <c>--Section:Key=value</c>. The configuration's own reader
/// ignores what it does not understand; here a typo is named.
/// </summary>
internal static class ServerCommandParser
{
    private static readonly string[] HostSections = ["Logging", "environment", "contentRoot", "applicationName"];
    private static readonly Dictionary<string, string> Switches = SettingsCatalog.All
        .Where(s => s.About.Switch is not null)
        .ToDictionary(s => s.About.Switch!, s => s.Key, StringComparer.OrdinalIgnoreCase);

    /// <summary>Reads the arguments.</summary>
    public static ServerCommand Parse(IReadOnlyList<string> arguments)
    {
        var settings = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        var action = ServerAction.Run;
        for (var i = 0; i < arguments.Count; i++)
        {
            var argument = arguments[i];
            if (argument is "--help" or "-h" or "-?")
                return new(ServerAction.ShowHelp, settings);
            if (argument is "--version")
                return new(ServerAction.ShowVersion, settings);
            if (argument is "--verify" or "--repair")
            {
                action = argument is "--repair" || action == ServerAction.Repair ? ServerAction.Repair : ServerAction.Verify; // a repair verifies too
                continue;
            }

            var equals = argument.IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? argument : argument[..equals];
            if (Key(name) is not { } key)
                return new(ServerAction.Run, settings, Unknown(name));
            if (equals < 0 && (i + 1 == arguments.Count || arguments[i + 1].StartsWith("--", StringComparison.Ordinal)))
                return new(ServerAction.Run, settings, $"{name} needs a value.");
            settings[key] = equals < 0 ? arguments[++i] : argument[(equals + 1)..];
        }

        return new(action, settings);
    }

    private static string? Key(string name)
    {
        if (Switches.TryGetValue(name, out var key))
            return key;
        var plain = name.StartsWith("--", StringComparison.Ordinal) ? name[2..] : "";
        var section = plain.Split(':')[0];
        return plain.Contains(':', StringComparison.Ordinal) && section.Equals(OrleansMailSettings.Section, StringComparison.OrdinalIgnoreCase)
            || HostSections.Contains(section, StringComparer.OrdinalIgnoreCase)
            ? plain
            : null;
    }

    private static string Unknown(string name) =>
        Suggestion.For(name, [.. Switches.Keys, "--verify", "--repair", "--help", "--version"]) is { } near
            ? $"There is no switch {name}. Did you mean {near}?"
            : $"There is no switch {name}. See --help.";
}
