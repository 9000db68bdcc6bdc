using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.Options;
using Microsoft.OpenApi;
using OrleansMail.Contracts.Keys;
using OrleansMail.Server.Api.Messages;
using OrleansMail.Server.Api.Problems;
using OrleansMail.Server.Api.Security;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace OrleansMail.Server.Api.Reference;

/// <summary>Completes each operation: parameters, examples, answers, errors, security.</summary>
internal sealed class OperationTransformer(IOptions<JsonOptions> json) : IOpenApiOperationTransformer
{
    /// <inheritdoc/>
    public Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        var method = context.Description.HttpMethod;
        operation.Responses ??= [];
        foreach (var parameter in (operation.Parameters ?? []).OfType<OpenApiParameter>())
            ParameterReference.Complete(parameter, context.Description.RelativePath);
        if (method is "PUT" or "DELETE")
            (operation.Parameters ??= []).Add(ParameterReference.IfMatch());
        if (operation.OperationId == RawMessage.OperationId)
            RawMessageReference.Complete(operation);
        ShowExamples(operation, context);
        DescribeSuccess(operation, versioned: method == "PUT" || operation.OperationId is "getTenant" or "getDomain" or "getMailbox" or "getAlias" or "getKey" or "createKey");
        foreach (var status in metadata.OfType<RefusalMetadata>().SelectMany(m => m.Codes).Distinct().GroupBy(c => c.Status).OrderBy(g => g.Key))
            operation.Responses[status.Key.ToString(CultureInfo.InvariantCulture)] = Refusal([.. status], context.Document!);
        if (metadata.OfType<IAuthorizeData>().Any())
            operation.Description += $" {KeyNeeded(metadata.OfType<KeyAccess>().LastOrDefault())}";
        // An empty requirement says that no key is needed, where none at all would leave it open.
        operation.Security = [metadata.OfType<IAuthorizeData>().Any()
            ? new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(DocumentTransformer.SecurityScheme, context.Document)] = [] }
            : []];
        return Task.CompletedTask;
    }

    private static string KeyNeeded(KeyAccess? access) => access switch
    {
        null => "Needs the operator's key.",
        { Scopes: KeyScopes.None } => "Any of the tenant's keys will do.",
        _ => $"Needs the scope `{string.Join("`, `", KeyScopeNames.Of(access.Scopes))}`.",
    };

    private void ShowExamples(OpenApiOperation operation, OpenApiOperationTransformerContext context)
    {
        var accepted = context.Description.ParameterDescriptions.FirstOrDefault(p => p.Source.Id == "Body")?.Type;
        if (operation.RequestBody is OpenApiRequestBody body)
        {
            body.Description = "What is to be set.";
            ShowExample(body.Content, accepted);
        }

        foreach (var answer in context.Description.SupportedResponseTypes)
        {
            var status = answer.StatusCode.ToString(CultureInfo.InvariantCulture);
            if (operation.Responses!.TryGetValue(status, out var response))
                ShowExample(response.Content, answer.Type);
        }
    }

    private void ShowExample(IDictionary<string, OpenApiMediaType>? content, Type? type)
    {
        if (content is null || type is null || ExampleReference.Of(type) is not { } example)
            return;
        foreach (var media in content.Values)
            media.Example = System.Text.Json.JsonSerializer.SerializeToNode(example, type, json.Value.SerializerOptions);
    }

    private static void DescribeSuccess(OpenApiOperation operation, bool versioned)
    {
        foreach (var (status, answer) in operation.Responses!)
        {
            if (answer is not OpenApiResponse response)
                continue;
            response.Description = status switch
            {
                "200" => "As asked.",
                "201" => "It did not exist and does now.",
                "204" => "It is gone, or never was.",
                _ => response.Description,
            };
            if (versioned && status is "200" or "201")
                (response.Headers ??= new Dictionary<string, IOpenApiHeader>())["ETag"] = Header("Its version, for If-Match.");
        }
    }

    private static OpenApiResponse Refusal(IReadOnlyList<ProblemCode> codes, OpenApiDocument document)
    {
        var media = new OpenApiMediaType
        {
            Schema = new OpenApiSchemaReference(nameof(Problem), document),
            Examples = codes.ToDictionary(c => c.Code, IOpenApiExample (c) => new OpenApiExample { Summary = c.Title, Value = Example(c) }),
        };
        var response = new OpenApiResponse
        {
            Description = string.Join(" ", codes.Select(c => $"`{c.Code}`: {c.Title}.")),
            Content = new Dictionary<string, OpenApiMediaType> { [ProblemResult.ContentType] = media },
            Headers = new Dictionary<string, IOpenApiHeader> { [ResponseHeaders.RequestId] = Header("Names the request in the server's log.") },
        };
        if (codes.Any(c => c.RetryAfter is not null))
            response.Headers["Retry-After"] = Header("Seconds after which a retry makes sense.");
        return response;
    }

    private static OpenApiHeader Header(string description) =>
        new() { Description = description, Schema = new OpenApiSchema { Type = JsonSchemaType.String } };

    private static JsonObject Example(ProblemCode code) => new()
    {
        ["type"] = code.Type,
        ["title"] = code.Title,
        ["status"] = code.Status,
        ["detail"] = code.Detail,
        ["code"] = code.Code,
        ["field"] = null,
        ["traceId"] = "4bf92f3577b34da6a3ce929d0e0e4736",
    };
}
