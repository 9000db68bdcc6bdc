using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace OrleansMail.Server.Api.Reference;

/// <summary>What the reference says of parameters, which are called the same everywhere.</summary>
internal static class ParameterReference
{
    /// <summary>Completes a parameter that was found on a handler.</summary>
    public static void Complete(OpenApiParameter parameter, string? path)
    {
        var (description, example, schema) = parameter.Name switch
        {
            "tenant" => ("The tenant's id.", "demo", Text(63, "^[a-z0-9-]{1,63}$")),
            "domain" => ("The domain's name.", "demo.test", Text(253)),
            "mailbox" => ("The mailbox's local part, plain or quoted, URL-encoded.", "inbox", Text(256)),
            "alias" => ("The alias's local part, or a prefix followed by *, URL-encoded.", "support-*", Text(256)),
            "address" => ("The mailbox's address, URL-encoded.", "inbox@demo.test", Text(512)),
            "id" when path?.Contains("/keys/", StringComparison.Ordinal) == true => ("The key's id.", "01K2Z9V4T8N6W3Q5R7Y1B0C2D4", Text(26, "^[0-9A-HJKMNP-TV-Z]{26}$")),
            "id" => ("The message's id.", "01K2Z9V4T8N6W3Q5R7Y1B0C2D4-1", Text(64, "^[A-Za-z0-9_-]{1,64}$")),
            "cursor" => ("Where to go on: cursor or next of an earlier answer. From the beginning without it.", null, Text(1024)),
            "limit" => ("Items at most; more than 1000 counts as 1000.", 100, Number(1, 1000, 100)),
            "wait" => ("Seconds to hold the request until there is something; more than 60 counts as 60.", 30, Number(0, 60, 0)),
            _ => (parameter.Description ?? "", (JsonNode?)null, parameter.Schema),
        };
        (parameter.Description, parameter.Example, parameter.Schema) = (description, example, schema);
    }

    /// <summary>The condition of changes.</summary>
    public static OpenApiParameter IfMatch() => new()
    {
        Name = "If-Match",
        In = ParameterLocation.Header,
        Description = "The ETag of an earlier answer: change only that version. * changes any version, but creates nothing.",
        Example = "\"7K3M9Q2X-1\"",
        Schema = Text(256),
    };

    private static OpenApiSchema Text(int maxLength, string? pattern = null) =>
        new() { Type = JsonSchemaType.String, MaxLength = maxLength, Pattern = pattern };

    private static OpenApiSchema Number(int minimum, int maximum, int fallback) => new()
    {
        Type = JsonSchemaType.Integer,
        Format = "int32",
        Minimum = minimum.ToString(CultureInfo.InvariantCulture),
        Maximum = maximum.ToString(CultureInfo.InvariantCulture),
        Default = fallback,
    };
}
