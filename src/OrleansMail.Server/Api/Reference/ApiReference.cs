using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using OrleansMail.Contracts.Keys;
using Scalar.AspNetCore;

namespace OrleansMail.Server.Api.Reference;

/// <summary>The OpenAPI document and the page that shows it.</summary>
internal static class ApiReference
{
    /// <summary>Where the page is.</summary>
    public const string Page = "/docs";

    /// <summary>The page's own script and style and this server's API, and nothing from anywhere else.</summary>
    public const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; connect-src 'self'; img-src 'self' data: blob:; font-src 'self' data:; worker-src 'self' blob:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

    private const string Document = "v1";

    /// <summary>Adds the generation of the document.</summary>
    public static IServiceCollection AddApiReference(this IServiceCollection services) => services.AddOpenApi(Document, options =>
    {
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        options.CreateSchemaReferenceId = SchemaName;
        options.AddDocumentTransformer<DocumentTransformer>();
        options.AddOperationTransformer<OperationTransformer>();
        options.AddSchemaTransformer((schema, context, _) =>
        {
            if (context.JsonPropertyInfo?.Name == "scopes" && schema.Items is OpenApiSchema scope)
                scope.Enum = [.. KeyScopeNames.All.Select(name => JsonValue.Create(name))];
            if (schema is { Enum.Count: > 0, Type: null })
                schema.Type = JsonSchemaType.String; // generators of clients look for it
            return Task.CompletedTask;
        });
    });

    /// <summary>Maps the document and the page: open to everyone, as they tell nothing of anyone.</summary>
    public static void MapApiReference(this IEndpointRouteBuilder routes)
    {
        routes.MapOpenApi();
        routes.MapScalarApiReference(Page, options => options
            .WithTitle("OrleansMail API")
            .DisableDefaultFonts() // they come from another host
            .DisableTelemetry()
            .DisableAgent()
            .DisableMcp()
            .HideDeveloperTools() // a toolbar of another service
            .HideClientButton()
            .AddPreferredSecuritySchemes(DocumentTransformer.SecurityScheme));
    }

    // TenantResource → Tenant, ListResource<TenantResource> → TenantList, TenantRequest → TenantRequest.
    private static string? SchemaName(JsonTypeInfo type)
    {
        if (OpenApiOptions.CreateDefaultSchemaReferenceId(type) is not { } name)
            return null;
        if (type.Type is { IsGenericType: true, GenericTypeArguments: [var item] })
            return item.Name.Replace("Resource", "", StringComparison.Ordinal) + "List";
        return name.EndsWith("Resource", StringComparison.Ordinal) ? name[..^"Resource".Length] : name;
    }
}
