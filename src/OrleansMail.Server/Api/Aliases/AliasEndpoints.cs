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

namespace OrleansMail.Server.Api.Aliases;

/// <summary><c>/v1/tenants/{tenant}/domains/{domain}/aliases</c>.</summary>
internal static class AliasEndpoints
{
    /// <summary>Maps the routes.</summary>
    public static void MapAliases(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/tenants/{tenant}/domains/{domain}/aliases").WithTags("Aliases")
            .Refuses(ProblemCodes.TenantNotFound, ProblemCodes.DomainNotFound);
        group.MapGet("", ListAsync).Describe("listAliases", "List aliases", "The domain's aliases in order of their names, prefix patterns among them.").Needs(KeyScopes.MailboxesRead)
            .Refuses(ProblemCodes.ParameterInvalid, ProblemCodes.CursorInvalid);
        group.MapGet("/{alias}", GetAsync).Describe("getAlias", "Show an alias", "The alias; its version is in ETag.").Needs(KeyScopes.MailboxesRead)
            .Refuses(ProblemCodes.AliasNotFound);
        group.MapPut("/{alias}", PutAsync).Describe("putAlias", "Create or replace an alias", "Points a local part, or every one with a prefix (support-*), at addresses of the tenant.").Needs(KeyScopes.MailboxesWrite)
            .RefusesChanges(ProblemCodes.ValueInvalid);
        group.MapDelete("/{alias}", DeleteAsync).Describe("deleteAlias", "Delete an alias", "Deletes the alias. Deleting what does not exist succeeds.").Needs(KeyScopes.MailboxesWrite)
            .RefusesDeletion();
    }

    private static async Task<Results<Ok<ListResource<AliasResource>>, ProblemResult>> ListAsync(
        TenantId tenant, DomainName domain, string? cursor, string? limit, IGrainFactory grains, CursorCodec cursors, CancellationToken cancellationToken)
    {
        if (PageRequest.TryRead($"aliases/{tenant}/{domain}", cursors, cursor, limit, out var request) is { } problem)
            return problem;
        var page = await grains.GetMailboxes(tenant, domain).ListAliasesAsync(request.After, request.Limit, cancellationToken);
        if (page is null)
            return new ProblemResult(await Absence.OfDomainAsync(grains, tenant, cancellationToken));
        var exact = await Ordering.IsExactAsync(grains, tenant, domain, page, cancellationToken);
        return TypedResults.Ok(request.Answer(page, AliasResource.From, a => AliasResource.NameOf(a, exact)));
    }

    private static async Task<Results<Ok<AliasResource>, ProblemResult>> GetAsync(
        TenantId tenant, DomainName domain, string alias, IGrainFactory grains, HttpContext http, CancellationToken cancellationToken)
    {
        var found = await grains.GetMailboxes(tenant, domain).GetAliasAsync(alias, cancellationToken);
        if (found is null)
            return new ProblemResult(await Absence.InDomainAsync(grains, tenant, domain, ProblemCodes.AliasNotFound, cancellationToken));
        return Change.Show(http, found, AliasResource.From, ProblemCodes.AliasNotFound);
    }

    private static async Task<Results<Ok<AliasResource>, Created<AliasResource>, ProblemResult>> PutAsync(
        TenantId tenant, DomainName domain, string alias, JsonBody<AliasRequest> body, IfMatch ifMatch, IGrainFactory grains, Change change, HttpContext http)
    {
        if ((body.Problem ?? ifMatch.Problem) is { } problem)
            return problem;
        var grain = grains.GetMailboxes(tenant, domain);
        return await change.PutAsync(
            http,
            (tenant, domain),
            ifMatch,
            async () => (await grain.GetAliasAsync(alias, CancellationToken.None))?.Version,
            version => grain.PutAliasAsync(alias, body.Value!.Targets, version, CancellationToken.None),
            AliasResource.From,
            () => Absence.OfDomainAsync(grains, tenant, CancellationToken.None));
    }

    private static Task<Results<NoContent, ProblemResult>> DeleteAsync(
        TenantId tenant, DomainName domain, string alias, IfMatch ifMatch, IGrainFactory grains, Change change)
    {
        var grain = grains.GetMailboxes(tenant, domain);
        return change.DeleteAsync(
            (tenant, domain),
            ifMatch,
            async () => (await grain.GetAliasAsync(alias, CancellationToken.None))?.Version,
            version => grain.DeleteAliasAsync(alias, version, CancellationToken.None));
    }
}
