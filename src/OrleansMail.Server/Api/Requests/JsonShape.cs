using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace OrleansMail.Server.Api.Requests;

/// <summary>Says of a JSON body what a person needs to correct it.</summary>
internal static class JsonShape
{
    private const int MaxShown = 60;

    /// <summary>The first field that the type does not have, however deep; null when there is none.</summary>
    public static (string Field, string Detail)? FindUnknown(JsonElement element, JsonTypeInfo type, string prefix = "")
    {
        if (element.ValueKind != JsonValueKind.Object || type.Kind != JsonTypeInfoKind.Object)
            return null;
        var ignored = type.Type.GetCustomAttribute<ReadOnlyFieldsAttribute>()?.Names ?? [];
        foreach (var field in element.EnumerateObject())
        {
            var known = type.Properties.FirstOrDefault(p => p.Name == field.Name);
            if (known is null && !ignored.Contains(field.Name))
                return (prefix + Shown(field.Name), Suggest(field.Name, type));
            if (known is not null && FindUnknown(field.Value, type.Options.GetTypeInfo(known.PropertyType), $"{prefix}{field.Name}.") is { } deeper)
                return deeper;
        }

        return null;
    }

    /// <summary>The field a deserialisation failed at; null when the text as a whole is at fault.</summary>
    public static string? FieldOf(JsonException exception) => exception.Path is { Length: > 2 } path ? path[2..] : null;

    /// <summary>What is wrong, without naming our types.</summary>
    public static string Explain(JsonException exception)
    {
        if (FieldOf(exception) is not null)
            return "The field's value is of the wrong kind: /openapi/v1.json says what it may be.";
        return exception.LineNumber is { } line
            ? string.Create(CultureInfo.InvariantCulture, $"It stops being JSON at line {line + 1}, octet {exception.BytePositionInLine + 1}.")
            : "Send one JSON object with all the fields that are required, each once.";
    }

    private static string Suggest(string name, JsonTypeInfo type)
    {
        var best = type.Properties.Select(p => p.Name).MinBy(known => Distance(name, known));
        if (best is not null && Distance(name, best) <= 2)
            return $"Did you mean '{best}'?";
        return type.Properties.Count == 0
            ? "No fields are known here."
            : $"Known are: {string.Join(", ", type.Properties.Select(p => p.Name))}.";
    }

    // Levenshtein, case ignored; names are short, and a long one is no typo.
    private static int Distance(string given, string known)
    {
        if (given.Length > MaxShown)
            return int.MaxValue;
        var row = Enumerable.Range(0, known.Length + 1).ToArray();
        for (var i = 1; i <= given.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= known.Length; j++)
            {
                var cost = char.ToLowerInvariant(given[i - 1]) == char.ToLowerInvariant(known[j - 1]) ? 0 : 1;
                (diagonal, row[j]) = (row[j], Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + cost));
            }
        }

        return row[^1];
    }

    private static string Shown(string name) => name.Length <= MaxShown ? name : name[..MaxShown];
}
