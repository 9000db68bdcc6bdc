using System.Text;
using System.Xml.Linq;
using OrleansMail.Server.Hosting.Settings;
using OrleansMail.Testing;
using OrleansMail.Testing.Processes;

namespace OrleansMail.Server.Tests.Hosting;

/// <summary>docs/settings.md is written from the settings types and their doc comments.</summary>
public sealed class SettingsPageTests
{
    private const string Heading = """
        # Settings

        Written from the settings types; do not edit (`UPDATE_GOLDEN=1` writes it anew).

        Settings are ordinary .NET configuration under `OrleansMail:`. `OrleansMail:Smtp:MaxRecipients` is set by the variable `OrleansMail__Smtp__MaxRecipients=500`, by the
        argument `--OrleansMail:Smtp:MaxRecipients=500`, or in `appsettings.json`. They are checked at the start, all at once; a key that does not exist is a warning. A change
        needs a restart. Spans of time are written `[d.]hh:mm:ss`; sizes are in octets.

        | setting | switch | default | allowed | meaning |
        | --- | --- | --- | --- | --- |

        """;

    [Fact]
    public void The_settings_page_is_what_the_code_says()
    {
        var comments = XDocument.Load(Path.ChangeExtension(typeof(OrleansMailSettings).Assembly.Location, ".xml")).Descendants("member")
            .ToDictionary(m => m.Attribute("name")!.Value, m => m.Element("summary")?.Value.Trim() ?? "");
        var page = new StringBuilder(Heading.ReplaceLineEndings("\n"));
        foreach (var setting in SettingsCatalog.All)
        {
            var meaning = comments[$"P:{setting.Property.DeclaringType!.FullName}.{setting.Property.Name}"];
            page.Append($"| `{setting.Key["OrleansMail:".Length..]}` | {Switch(setting)} | {Default(setting)} | {Cell(setting.Allowed)} | {Cell(meaning)} |\n");
        }

        GoldenFile.Check(Path.Combine(Repository.Root, "docs", "settings.md"), page.ToString());
    }

    private static string Switch(Setting setting) => setting.About.Switch is { } name ? $"`{name}`" : "";

    private static string Default(Setting setting)
    {
        var normal = setting.About.DefaultText ?? Setting.Write(setting.Get(new OrleansMailSettings()));
        return setting.About.DevelopmentDefault is { } development ? $"{normal}; Development: `{development}`" : normal;
    }

    private static string Cell(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).Replace("|", "\\|", StringComparison.Ordinal);
}
