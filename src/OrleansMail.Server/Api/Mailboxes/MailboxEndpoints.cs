using Microsoft.AspNetCore.Http.HttpResults;
using OrleansMail.Contracts;
using OrleansMail.Contracts.Domains;
using OrleansMail.Contracts.Keys;
using OrleansMail.Contracts.Mailboxes;
using OrleansMail.Contracts.Tenants;
using OrleansMail.Server.Api.Lists;
using OrleansMail.Server.Api.Problems;
using OrleansMail.Server.Api.Reference;
using OrleansMail.Server.Api.Requests;
using OrleansMail.Server.Api.Security;

namespace OrleansMail.Server.Api.Mailboxes;

/// <summary><c>/v1/tenants/{tenant}/domains/{domain}/mailboxes</c>.</summary>
internal static class MailboxEndpoints
{
    /// <summary>Maps the routes.</summary>
    public static void MapMailboxes(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/tenants/{tenant}/domains/{domain}/mailboxes").WithTags("Mailboxes")
            .Refuses(ProblemCodes.TenantNotFound, ProblemCodes.DomainNotFound);
        group.MapGet("", ListAsync).Describe("listMailboxes", "List mailboxes", "The domain's mailboxes in order of their names.").Needs(KeyScopes.MailboxesRead)
            .Refuses(ProblemCodes.ParameterInvalid, ProblemCodes.CursorInvalid);
        group.MapGet("/{mailbox}", GetAsync).Describe("getMailbox", "Show a mailbox", "The mailbox and how full it is; its version is in ETag.").Needs(KeyScopes.MailboxesRead)
            .Refuses(ProblemCodes.MailboxNotFound);
        group.MapPut("/{mailbox}", PutAsync).Describe("putMailbox", "Create or replace a mailbox", "Sets all of the mailbox's settings: what is absent gets its default. Its mail stays.").Needs(KeyScopes.MailboxesWrite)
            .RefusesChanges(ProblemCodes.ValueInvalid);
        group.MapDelete("/{mailbox}", DeleteAsync).Describe("deleteMailbox", "Delete a mailbox", "Deletes the mailbox with its mail. Deleting what does not exist succeeds.").Needs(KeyScopes.MailboxesWrite)
            .RefusesDeletion();
    }

    private static async Task<Results<Ok<ListResource<MailboxResource>>, ProblemResult>> ListAsync(
        TenantId tenant, DomainName domain, string? cursor, string? limit, IGrainFactory grains, CursorCodec cursors, CancellationToken cancellationToken)
    {
        if (PageRequest.TryRead($"mailboxes/{tenant}/{domain}", cursors, cursor, limit, out var request) is { } problem)
            return problem;
        var page = await grains.GetMailboxes(tenant, domain).ListMailboxesAsync(request.After, request.Limit, cancellationToken);
        if (page is null)
            return new ProblemResult(await Absence.OfDomainAsync(grains, tenant, cancellationToken));
        var exact = await Ordering.IsExactAsync(grains, tenant, domain, page, cancellationToken);
        return TypedResults.Ok(request.Answer(page, MailboxResource.From, m => Ordering.NameOf(m.Mailbox.LocalPart, exact)));
    }

    private static async Task<Results<Ok<MailboxResource>, ProblemResult>> GetAsync(
        TenantId tenant, DomainName domain, LocalPart mailbox, IGrainFactory grains, HttpContext http, CancellationToken cancellationToken)
    {
        var found = await grains.GetMailboxes(tenant, domain).GetMailboxAsync(mailbox, cancellationToken);
        if (found is null)
            return new ProblemResult(await Absence.InDomainAsync(grains, tenant, domain, ProblemCodes.MailboxNotFound, cancellationToken));
        return Change.Show(http, found, MailboxResource.From, ProblemCodes.MailboxNotFound);
    }

    private static async Task<Results<Ok<MailboxResource>, Created<MailboxResource>, ProblemResult>> PutAsync(
        TenantId tenant, DomainName domain, LocalPart mailbox, JsonBody<MailboxRequest> body, IfMatch ifMatch, IGrainFactory grains, Change change, HttpContext http)
    {
        if ((body.Problem ?? ifMatch.Problem) is { } problem)
            return problem;
        var grain = grains.GetMailboxes(tenant, domain);
        return await change.PutAsync(
            http,
            (tenant, domain),
            ifMatch,
            async () => (await grain.GetMailboxAsync(mailbox, CancellationToken.None))?.Version,
            version => grain.PutMailboxAsync(mailbox, body.Value!.ToSettings(), version, CancellationToken.None),
            MailboxResource.From,
            () => Absence.OfDomainAsync(grains, tenant, CancellationToken.None));
    }

    private static Task<Results<NoContent, ProblemResult>> DeleteAsync(
        TenantId tenant, DomainName domain, LocalPart mailbox, IfMatch ifMatch, IGrainFactory grains, Change change)
    {
        var grain = grains.GetMailboxes(tenant, domain);
        return change.DeleteAsync(
            (tenant, domain),
            ifMatch,
            async () => (await grain.GetMailboxAsync(mailbox, CancellationToken.None))?.Version,
            version => grain.DeleteMailboxAsync(mailbox, version, CancellationToken.None));
    }
}
