using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace OrleansMail.Benchmarks.Reports;

/// <summary>Where the results of a verb go: Markdown for people, JSON for programs.</summary>
internal static class ResultFiles
{
    /// <summary>As all verbs write and read JSON.</summary>
    public static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    public static readonly Option<string?> Append = new("--append") { Description = "Append the section to this file too, as in docs/benchmarks.md" };
    public static readonly Option<string?> Json = new("--json") { Description = "Write the results and the facts of the machine to this file" };

    /// <summary>Prints the section, and writes the files that were asked for.</summary>
    public static async Task WriteAsync(ParseResult arguments, string section, object results, CancellationToken cancellationToken)
    {
        Console.Write(section);
        if (arguments.GetValue(Append) is { } markdown)
            await File.AppendAllTextAsync(markdown, "\n" + section, cancellationToken);
        if (arguments.GetValue(Json) is { } json)
            await File.WriteAllTextAsync(json, JsonSerializer.Serialize(results, Web) + "\n", cancellationToken);
    }
}
