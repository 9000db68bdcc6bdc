using Microsoft.AspNetCore.Authorization;
using OrleansMail.Contracts.Keys;
using OrleansMail.Server.Api.Problems;

namespace OrleansMail.Server.Api.Security;

/// <summary>
/// Keeps a tenant's key to its tenant and its scopes. Whatever lies at another tenant answers as a tenant that does not exist does,
/// before anything is asked of it, so that neither body nor time tells the two apart; what its own key may not do is forbidden.
/// </summary>
/// <remarks>Runs behind <see cref="Requests.RouteText"/>: it judges the very name that the operation gets.</remarks>
internal sealed class TenantAccess(RequestDelegate next)
{
    private const string TenantParameter = "tenant";

    /// <summary>Refuses the request or passes it on.</summary>
    public Task InvokeAsync(HttpContext context)
    {
        if (TenantKeyIdentity.Of(context.User) is { } key
            && context.GetEndpoint() is { } endpoint
            && endpoint.Metadata.GetMetadata<IAuthorizeData>() is not null
            && Refuse(key, endpoint, context.Request.RouteValues) is { } problem)
            return new ProblemResult(problem).ExecuteAsync(context);
        return next(context);
    }

    private static ProblemCode? Refuse(TenantKey key, Endpoint endpoint, RouteValueDictionary values)
    {
        if (values.TryGetValue(TenantParameter, out var tenant) && tenant as string != key.Tenant.Value)
            return ProblemCodes.TenantNotFound;
        return endpoint.Metadata.GetMetadata<KeyAccess>() is { } access && key.Has(access.Scopes) ? null : ProblemCodes.Forbidden;
    }
}
