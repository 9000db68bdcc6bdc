using Microsoft.AspNetCore.Http.HttpResults;
using OrleansMail.Contracts;
using OrleansMail.Contracts.Domains;
using OrleansMail.Contracts.Keys;
using OrleansMail.Contracts.Tenants;
using OrleansMail.Server.Api.Lists;
using OrleansMail.Server.Api.Problems;
using OrleansMail.Server.Api.Reference;
using OrleansMail.Server.Api.Requests;
using OrleansMail.Server.Api.Security;

namespace OrleansMail.Server.Api.Domains;

/// <summary><c>/v1/tenants/{tenant}/domains</c>.</summary>
internal static class DomainEndpoints
{
    /// <summary>Maps the routes.</summary>
    public static void MapDomains(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/tenants/{tenant}/domains").WithTags("Domains");
        group.MapGet("", ListAsync).Describe("listDomains", "List domains", "The tenant's domains in order of their names.").Needs(KeyScopes.DomainsRead)
            .Refuses(ProblemCodes.TenantNotFound, ProblemCodes.ParameterInvalid, ProblemCodes.CursorInvalid);
        group.MapGet("/{domain}", GetAsync).Describe("getDomain", "Show a domain", "The domain; its version is in ETag.").Needs(KeyScopes.DomainsRead)
            .Refuses(ProblemCodes.TenantNotFound, ProblemCodes.DomainNotFound);
        group.MapPut("/{domain}", PutAsync).Describe("putDomain", "Create or replace a domain", "Claims the name and sets all of the domain's settings: what is absent gets its default.").Needs(KeyScopes.DomainsWrite)
            .RefusesChanges(ProblemCodes.TenantNotFound, ProblemCodes.ValueInvalid, ProblemCodes.LegalHold);
        group.MapDelete("/{domain}", DeleteAsync).Describe("deleteDomain", "Delete a domain", "Deletes the domain with its mailboxes and mail and gives the name up. Deleting what does not exist succeeds.").Needs(KeyScopes.DomainsWrite)
            .RefusesDeletion().Refuses(ProblemCodes.ValueInvalid, ProblemCodes.LegalHold);
        group.MapPost("/{domain}/verify", VerifyAsync).Describe("verifyDomain", "Verify a domain", "Tries to prove the ownership now; the answer's status says how it ended.").Needs(KeyScopes.DomainsWrite)
            .Refuses(ProblemCodes.TenantNotFound, ProblemCodes.DomainNotFound);
    }

    private static async Task<Results<Ok<ListResource<DomainResource>>, ProblemResult>> ListAsync(
        TenantId tenant, string? cursor, string? limit, IGrainFactory grains, CursorCodec cursors, CancellationToken cancellationToken)
    {
        if (PageRequest.TryRead($"domains/{tenant}", cursors, cursor, limit, out var request) is { } problem)
            return problem;
        var grain = grains.GetTenant(tenant);
        var page = await grain.ListDomainsAsync(request.After, request.Limit, cancellationToken);
        if (page.Items.Count == 0 && await grain.GetAsync(cancellationToken) is null)
            return new ProblemResult(ProblemCodes.TenantNotFound);
        return TypedResults.Ok(request.Answer(page, DomainResource.From, d => d.Name.Value));
    }

    private static async Task<Results<Ok<DomainResource>, ProblemResult>> GetAsync(
        TenantId tenant, DomainName domain, IGrainFactory grains, HttpContext http, CancellationToken cancellationToken)
    {
        var found = await grains.GetTenant(tenant).GetDomainAsync(domain, cancellationToken);
        return Change.Show(http, found, DomainResource.From, await MissingAsync(found is null, grains, tenant, cancellationToken));
    }

    private static async Task<Results<Ok<DomainResource>, Created<DomainResource>, ProblemResult>> PutAsync(
        TenantId tenant, DomainName domain, JsonBody<DomainRequest> body, IfMatch ifMatch, IGrainFactory grains, Change change, HttpContext http)
    {
        if ((body.Problem ?? ifMatch.Problem) is { } problem)
            return problem;
        var grain = grains.GetTenant(tenant);
        var settings = body.Value!.ToSettings();
        if (settings.LegalHold is { } hold && !http.User.IsInRole(ApiPolicies.Operator))
        {
            if (hold != ((await grain.GetDomainAsync(domain, CancellationToken.None))?.Value.Settings.LegalHold ?? false))
                return new ProblemResult(ProblemCodes.Forbidden, "legalHold", "Only the operator can change it.");
            settings = settings with { LegalHold = null }; // whatever the operator makes of it meanwhile stays
        }

        return await change.PutAsync(
            http,
            (tenant, domain),
            ifMatch,
            async () => (await grain.GetDomainAsync(domain, CancellationToken.None))?.Version,
            version => grain.PutDomainAsync(domain, settings, version, CancellationToken.None),
            DomainResource.From,
            () => new(ProblemCodes.TenantNotFound));
    }

    private static Task<Results<NoContent, ProblemResult>> DeleteAsync(TenantId tenant, DomainName domain, IfMatch ifMatch, IGrainFactory grains, Change change)
    {
        var grain = grains.GetTenant(tenant);
        return change.DeleteAsync(
            (tenant, domain),
            ifMatch,
            async () => (await grain.GetDomainAsync(domain, CancellationToken.None))?.Version,
            version => grain.DeleteDomainAsync(domain, version, CancellationToken.None));
    }

    private static async Task<Results<Ok<DomainResource>, ProblemResult>> VerifyAsync(
        TenantId tenant, DomainName domain, IGrainFactory grains, ProvisioningChanges changes, HttpContext http, CancellationToken cancellationToken)
    {
        var found = await grains.GetTenant(tenant).VerifyDomainAsync(domain, CancellationToken.None);
        if (found is not null)
            changes.Publish(tenant, domain);
        return Change.Show(http, found, DomainResource.From, await MissingAsync(found is null, grains, tenant, cancellationToken));
    }

    private static async ValueTask<ProblemCode> MissingAsync(bool missing, IGrainFactory grains, TenantId tenant, CancellationToken cancellationToken) =>
        missing ? await Absence.OfDomainAsync(grains, tenant, cancellationToken) : ProblemCodes.DomainNotFound;
}
