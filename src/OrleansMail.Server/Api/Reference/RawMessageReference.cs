using Microsoft.OpenApi;
using OrleansMail.Server.Api.Messages;

namespace OrleansMail.Server.Api.Reference;

/// <summary>What the reference says of the one operation that does not answer with JSON.</summary>
internal static class RawMessageReference
{
    /// <summary>Completes the operation.</summary>
    public static void Complete(OpenApiOperation operation)
    {
        operation.Parameters ??= [];
        operation.Parameters.Add(Condition("Range", "One range of octets.", "bytes=0-1023"));
        operation.Parameters.Add(Condition("If-Range", "The ETag the range belongs to.", "\"9f86d0…\""));
        operation.Parameters.Add(Condition("If-None-Match", "The ETag of the copy one has.", "\"9f86d0…\""));
        operation.Responses!["200"] = Octets("The message.");
        operation.Responses["206"] = Octets("The range.");
        operation.Responses["304"] = new OpenApiResponse { Description = "The copy is good." };
    }

    private static OpenApiParameter Condition(string name, string description, string example) => new()
    {
        Name = name,
        In = ParameterLocation.Header,
        Description = description,
        Example = example,
        Schema = new OpenApiSchema { Type = JsonSchemaType.String },
    };

    private static OpenApiResponse Octets(string description) => new()
    {
        Description = description,
        Content = new Dictionary<string, OpenApiMediaType>
        {
            [RawMessage.ContentType] = new()
            {
                Schema = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" },
                Example = "Return-Path: <anna@example.org>\r\n…",
            },
        },
    };
}
