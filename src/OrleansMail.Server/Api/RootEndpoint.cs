using System.Reflection;

namespace OrleansMail.Server.Api;

/// <summary><c>GET /</c>: what this is and where to go on.</summary>
internal static class RootEndpoint
{
    private static readonly RootResource Root = new(
        "OrleansMail",
        typeof(RootEndpoint).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0",
        new Dictionary<string, string>
        {
            ["docs"] = "/docs",
            ["openapi"] = "/openapi/v1.json",
            ["tenants"] = "/v1/tenants",
            ["live"] = "/health/live",
            ["ready"] = "/health/ready",
        });

    /// <summary>Maps the route.</summary>
    public static void MapRoot(this IEndpointRouteBuilder routes) => routes.MapGet("/", () => TypedResults.Ok(Root)).ExcludeFromDescription();

    private sealed record RootResource(string Name, string Version, IReadOnlyDictionary<string, string> Links);
}
