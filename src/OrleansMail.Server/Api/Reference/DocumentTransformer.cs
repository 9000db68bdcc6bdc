using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using OrleansMail.Server.Api.Problems;

namespace OrleansMail.Server.Api.Reference;

/// <summary>What the document says of the API as a whole.</summary>
internal sealed class DocumentTransformer : IOpenApiDocumentTransformer
{
    /// <summary>The name of the security scheme.</summary>
    public const string SecurityScheme = "key";

    private static readonly (string Name, string Description)[] Tags =
    [
        ("Tenants", "Who owns domains and their mail."),
        ("Keys", "Keys of a tenant, for programs that act for it."),
        ("Domains", "Mail domains of a tenant, and the proof that it owns them."),
        ("Mailboxes", "Addresses that store mail."),
        ("Aliases", "Addresses that point at mailboxes."),
        ("Messages", "Mail as it came in."),
        ("Health", "For probes."),
    ];

    /// <inheritdoc/>
    public async Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info = new OpenApiInfo
        {
            Title = "OrleansMail",
            Version = "v1",
            Summary = "Inbound mail for many tenants.",
            Description = "JSON in camelCase, times as RFC 3339, errors as RFC 9457 with a stable code.",
            License = new OpenApiLicense { Name = "MIT", Identifier = "MIT" },
        };
        document.Servers = [new OpenApiServer { Url = "/", Description = "This server." }];
        document.Tags = Tags.Select(t => new OpenApiTag { Name = t.Name, Description = t.Description }).ToHashSet();
        document.AddComponent(SecurityScheme, new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = "bearer",
            Description = "The operator's key, as the server was started with, or the secret of a tenant's key.",
        });
        document.AddComponent(nameof(Problem), await context.GetOrCreateSchemaAsync(typeof(Problem), parameterDescription: null, cancellationToken));
    }
}
