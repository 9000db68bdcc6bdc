using System.Security.Claims;
using OrleansMail.Contracts.Keys;

namespace OrleansMail.Server.Api.Security;

/// <summary>A caller with a tenant's key.</summary>
internal sealed class TenantKeyIdentity(TenantKey key) : ClaimsIdentity(ApiKeyHandler.SchemeName)
{
    /// <summary>The key.</summary>
    public TenantKey Key => key;

    /// <summary>The caller's key; null when it has the operator's or none.</summary>
    public static TenantKey? Of(ClaimsPrincipal caller) => (caller.Identity as TenantKeyIdentity)?.Key;
}
