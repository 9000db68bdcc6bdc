using OrleansMail.Server.Api.Aliases;
using OrleansMail.Server.Api.Domains;
using OrleansMail.Server.Api.Health;
using OrleansMail.Server.Api.Keys;
using OrleansMail.Server.Api.Mailboxes;
using OrleansMail.Server.Api.Messages;
using OrleansMail.Server.Api.Problems;
using OrleansMail.Server.Api.Reference;
using OrleansMail.Server.Api.Removals;
using OrleansMail.Server.Api.Requests;
using OrleansMail.Server.Api.Security;
using OrleansMail.Server.Api.Tenants;

namespace OrleansMail.Server.Api;

/// <summary>The API's place in the pipeline.</summary>
internal static class ApiApplication
{
    /// <summary>Adds the API's middleware and routes. Routes that the host maps beside it get the same headers, problems and authentication.</summary>
    public static WebApplication MapOrleansMailApi(this WebApplication app)
    {
        app.UseMiddleware<ResponseHeaders>();
        app.UseExceptionHandler(static _ => { });
        app.UseStatusCodePages(ProblemStatusPages.WriteAsync);
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseMiddleware<RouteText>();
        app.UseMiddleware<TenantAccess>();

        app.MapRoot();
        app.MapHealth();
        app.MapApiReference();
        var operations = app.MapGroup("/v1")
            .RequireAuthorization(ApiPolicies.Key)
            .Refuses(ProblemCodes.Unauthorized, ProblemCodes.Forbidden, ProblemCodes.IdInvalid, ProblemCodes.StoreUnavailable, ProblemCodes.Unavailable, ProblemCodes.Internal);
        operations.MapTenants();
        operations.MapKeys();
        operations.MapDomains();
        operations.MapMailboxes();
        operations.MapAliases();
        operations.MapMessages();
        operations.MapRemovals();
        return app;
    }
}
