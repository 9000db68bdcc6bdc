using Microsoft.AspNetCore.Http.HttpResults;
using OrleansMail.Contracts;
using OrleansMail.Contracts.Keys;
using OrleansMail.Contracts.Provisioning;
using OrleansMail.Contracts.Tenants;
using OrleansMail.Server.Api.Lists;
using OrleansMail.Server.Api.Problems;
using OrleansMail.Server.Api.Reference;
using OrleansMail.Server.Api.Requests;
using OrleansMail.Server.Api.Security;

namespace OrleansMail.Server.Api.Tenants;

/// <summary><c>/v1/tenants</c>.</summary>
internal static class TenantEndpoints
{
    private const string Purpose = "tenants";
    private const int ReadAtOnce = 32;

    /// <summary>Maps the routes.</summary>
    public static void MapTenants(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/tenants").WithTags("Tenants");
        group.MapGet("", ListAsync).Describe("listTenants", "List tenants", "Tenants in order of their ids.").RequireAuthorization(ApiPolicies.Operator)
            .Refuses(ProblemCodes.ParameterInvalid, ProblemCodes.CursorInvalid);
        group.MapGet("/{tenant}", GetAsync).Describe("getTenant", "Show a tenant", "The tenant; its version is in ETag.").Needs(KeyScopes.None)
            .Refuses(ProblemCodes.TenantNotFound);
        group.MapPut("/{tenant}", PutAsync).Describe("putTenant", "Create or replace a tenant", "Sets all of the tenant's settings: what is absent gets its default.")
            .RefusesChanges(ProblemCodes.ValueInvalid, ProblemCodes.LegalHold);
        group.MapDelete("/{tenant}", DeleteAsync).Describe("deleteTenant", "Delete a tenant", "Deletes the tenant with its keys, domains, mailboxes and mail. Deleting what does not exist succeeds.")
            .RefusesDeletion().Refuses(ProblemCodes.ValueInvalid, ProblemCodes.LegalHold);
    }

    private static async Task<Results<Ok<ListResource<TenantResource>>, ProblemResult>> ListAsync(
        string? cursor, string? limit, ITenantIndex index, IGrainFactory grains, CursorCodec cursors, CancellationToken cancellationToken)
    {
        if (PageRequest.TryRead(Purpose, cursors, cursor, limit, out var request) is { } problem)
            return problem;
        var names = await index.ListAsync(request.After, request.Limit, cancellationToken);
        var tenants = new List<Tenant>(names.Items.Count);
        foreach (var chunk in names.Items.Chunk(ReadAtOnce))
        {
            var found = await Task.WhenAll(chunk.Select(name => grains.GetTenant(name).GetAsync(cancellationToken).AsTask()));
            tenants.AddRange(found.OfType<Versioned<Tenant>>().Select(t => t.Value)); // one being deleted is listed and not there
        }

        var page = request.Answer(new Page<Tenant>(tenants, names.Next), TenantResource.From, t => t.Id.Value);
        return TypedResults.Ok(page);
    }

    private static async Task<Results<Ok<TenantResource>, ProblemResult>> GetAsync(
        TenantId tenant, IGrainFactory grains, HttpContext http, CancellationToken cancellationToken) =>
        Change.Show(http, await grains.GetTenant(tenant).GetAsync(cancellationToken), TenantResource.From, ProblemCodes.TenantNotFound);

    private static async Task<Results<Ok<TenantResource>, Created<TenantResource>, ProblemResult>> PutAsync(
        TenantId tenant, JsonBody<TenantRequest> body, IfMatch ifMatch, IGrainFactory grains, Change change, HttpContext http)
    {
        if ((body.Problem ?? ifMatch.Problem) is { } problem)
            return problem;
        var grain = grains.GetTenant(tenant);
        return await change.PutAsync(
            http,
            (tenant, null),
            ifMatch,
            async () => (await grain.GetAsync(CancellationToken.None))?.Version,
            version => grain.PutAsync(body.Value!.ToSettings(), version, CancellationToken.None),
            TenantResource.From,
            () => new(ProblemCodes.TenantNotFound));
    }

    private static Task<Results<NoContent, ProblemResult>> DeleteAsync(TenantId tenant, IfMatch ifMatch, IGrainFactory grains, Change change)
    {
        var grain = grains.GetTenant(tenant);
        return change.DeleteAsync(
            (tenant, null),
            ifMatch,
            async () => (await grain.GetAsync(CancellationToken.None))?.Version,
            version => grain.DeleteAsync(version, CancellationToken.None));
    }
}
