using OrleansMail.Contracts.Keys;

namespace OrleansMail.Server.Api.Security;

/// <summary>Which scopes a tenant's key needs for an operation. An operation without it is the operator's alone.</summary>
internal sealed record KeyAccess(KeyScopes Scopes);

/// <summary>Adds <see cref="KeyAccess"/>.</summary>
internal static class KeyAccessConventions
{
    /// <summary>Opens an operation, or every one of a group, to the tenant's keys that have the scopes.</summary>
    public static T Needs<T>(this T builder, KeyScopes scopes) where T : IEndpointConventionBuilder => builder.WithMetadata(new KeyAccess(scopes));
}
