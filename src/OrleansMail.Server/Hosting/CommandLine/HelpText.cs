using System.Reflection;
using System.Text;
using OrleansMail.Server.Hosting.Settings;

namespace OrleansMail.Server.Hosting.CommandLine;

/// <summary>What <c>--help</c> and <c>--version</c> print.</summary>
internal static class HelpText
{
    private const int Column = 30;

    /// <summary>The version of this build, without the commit.</summary>
    public static string Version { get; } =
        typeof(HelpText).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    /// <summary>The help, grouped, at most 100 columns.</summary>
    public static string Create()
    {
        var text = new StringBuilder();
        text.Append("OrleansMail receives mail over SMTP, keeps it durably and serves it over HTTP.\n\n");
        text.Append("Usage: OrleansMail.Server [switches] [--OrleansMail:Section:Key=value ...]\n");
        foreach (var group in SettingsCatalog.All.Where(s => s.About.Switch is not null).GroupBy(s => s.About.Group))
        {
            text.Append('\n').Append(group.Key).Append('\n');
            foreach (var setting in group)
                Line(text, $"{setting.About.Switch} {setting.About.Placeholder}", $"{setting.About.Help} [{Default(setting)}]");
        }

        text.Append("\nOther\n");
        Line(text, "--verify", "checks the store and ends: 0 sound, 1 damaged, 2 could not run");
        Line(text, "--repair", "the same, and mends what can be mended; replaced files are kept");
        Line(text, "--help", "this text");
        Line(text, "--version", "the version");
        text.Append("\nEvery setting is in docs/settings.md; as a variable it is written OrleansMail__Smtp__MaxRecipients=500.\n");
        text.Append("DOTNET_ENVIRONMENT=Development starts on loopback with a demo tenant.\n");
        return text.ToString();
    }

    private static void Line(StringBuilder text, string name, string meaning) =>
        text.Append("  ").Append(name.PadRight(Column)).Append(' ').Append(meaning).Append('\n');

    private static string Default(Setting setting)
    {
        var normal = setting.About.DefaultText ?? Setting.Write(setting.Get(new OrleansMailSettings())).Replace(",", "", StringComparison.Ordinal);
        if (setting.Key.EndsWith(":OperatorKey", StringComparison.Ordinal))
            normal = "required";
        return setting.About.DevelopmentDefault is { } development && !setting.About.IsSecret ? $"{normal}; Development: {development}" : normal;
    }
}
