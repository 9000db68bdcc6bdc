using Microsoft.AspNetCore.Http.HttpResults;
using OrleansMail.Contracts;
using OrleansMail.Contracts.Domains;
using OrleansMail.Contracts.Keys;
using OrleansMail.Contracts.Mailboxes;
using OrleansMail.Contracts.Messages;
using OrleansMail.Contracts.Storage;
using OrleansMail.Contracts.Tenants;
using OrleansMail.Server.Api.Lists;
using OrleansMail.Server.Api.Problems;
using OrleansMail.Server.Api.Reference;
using OrleansMail.Server.Api.Requests;
using OrleansMail.Server.Api.Security;

namespace OrleansMail.Server.Api.Messages;

/// <summary><c>/v1/tenants/{tenant}/mailboxes/{address}/messages</c> and <c>/v1/tenants/{tenant}/messages</c>.</summary>
internal static class MessageEndpoints
{
    private const int MaxWaitSeconds = 60;

    /// <summary>Maps the routes.</summary>
    public static void MapMessages(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/tenants/{tenant}").WithTags("Messages").Needs(KeyScopes.MailRead).Refuses(ProblemCodes.TenantNotFound);
        group.MapGet("/mailboxes/{address}/messages", ListAsync)
            .Describe("listMessages", "List messages", "The mailbox's messages from the oldest on, or behind a cursor. With wait the request is held until there is at least one.")
            .Refuses(ProblemCodes.DomainNotFound, ProblemCodes.MailboxNotFound, ProblemCodes.ParameterInvalid, ProblemCodes.CursorInvalid);
        group.MapGet("/messages/{id}", GetAsync)
            .Describe("getMessage", "Show a message", "What is known of a message, with its attachments.")
            .Refuses(ProblemCodes.MessageNotFound, ProblemCodes.PayloadDamaged);
        routes.MapDelete("/tenants/{tenant}/messages/{id}", DeleteAsync).WithTags("Messages").Needs(KeyScopes.MailboxesWrite)
            .Describe("deleteMessage", "Delete a message", "Deletes the message from its mailbox: hidden at once, its octets gone within a day unless a legal hold keeps them. Deleting what does not exist succeeds.")
            .Refuses(ProblemCodes.TenantNotFound);
        group.MapGet("/messages/{id}/raw", GetRawAsync).Describe(RawMessage.OperationId, "Read a message", RawMessage.Description)
            .Refuses(ProblemCodes.MessageNotFound, ProblemCodes.RangeNotSatisfiable, ProblemCodes.PayloadDamaged);
        group.MapMethods("/messages/{id}/raw", [HttpMethods.Head], GetRawAsync).ExcludeFromDescription();
    }

    private static async Task<Results<Ok<ListResource<MessageResource>>, ProblemResult>> ListAsync(
        TenantId tenant,
        MailAddress address,
        string? cursor,
        string? limit,
        string? wait,
        IGrainFactory grains,
        CursorCodec cursors,
        MessageWaiter waiter,
        CancellationToken cancellationToken)
    {
        if (PageRequest.ReadLimit(limit, out var count) is { } problem)
            return problem;
        var seconds = 0;
        if (wait is not null && !QueryNumber.TryRead(wait, MaxWaitSeconds, out seconds))
            return new ProblemResult(ProblemCodes.ParameterInvalid, "wait", "Seconds, from 0 to 60.");
        MessageCursor? position = null;
        if (cursor is not null)
        {
            if (!MessageCursor.TryRead(cursors, tenant, cursor, out var read))
                return new ProblemResult(ProblemCodes.CursorInvalid, "cursor");
            position = read;
        }

        var grain = grains.GetMailboxes(tenant, address.Domain);
        if (await waiter.ListAsync(grain, address.LocalPart, position, count, TimeSpan.FromSeconds(seconds), cancellationToken) is { } found)
            return TypedResults.Ok(Answer(tenant, address.Domain, found, position?.After ?? 0, cursors));
        return await MissingAsync(grains, tenant, address, position is not null, cancellationToken);
    }

    private static ListResource<MessageResource> Answer(TenantId tenant, DomainName domain, MailboxPage found, long after, CursorCodec cursors)
    {
        var items = found.Page.Items;
        var mailbox = found.Mailbox.LocalPart.At(domain);
        var cursor = new MessageCursor(found.Mailbox.Incarnation, items.Count > 0 ? items[^1].Sequence : after).Write(cursors, tenant);
        return new([.. items.Select(m => MessageView.Show(tenant, mailbox, m))], found.Page.More ? cursor : null, cursor);
    }

    // The mailbox may be there and the cursor from another one, or from its predecessor of the same name.
    private static async Task<ProblemResult> MissingAsync(
        IGrainFactory grains, TenantId tenant, MailAddress address, bool hasCursor, CancellationToken cancellationToken)
    {
        if (hasCursor && await grains.GetMailboxes(tenant, address.Domain).GetMailboxAsync(address.LocalPart, cancellationToken) is not null)
            return new ProblemResult(ProblemCodes.CursorInvalid, "cursor");
        return new ProblemResult(await Absence.InDomainAsync(grains, tenant, address.Domain, ProblemCodes.MailboxNotFound, cancellationToken));
    }

    private static async Task<Results<Ok<MessageResource>, ProblemResult>> GetAsync(
        TenantId tenant, string id, IGrainFactory grains, IPayloadStore payloads, CancellationToken cancellationToken)
    {
        if (await FindAsync(grains, tenant, id, cancellationToken) is not var (domain, message))
            return await MissingAsync(grains, tenant, cancellationToken);
        await using var raw = new PayloadStream(payloads, message.Location);
        var attachments = await AttachmentReader.ReadAsync(raw, cancellationToken);
        var mailbox = LocalPart.Parse(message.Mailbox.LocalPart).At(domain);
        return TypedResults.Ok(MessageView.Show(tenant, mailbox, message, attachments));
    }

    private static async Task<Results<RawMessage, ProblemResult>> GetRawAsync(
        TenantId tenant, string id, IGrainFactory grains, IPayloadStore payloads, CancellationToken cancellationToken)
    {
        if (await FindAsync(grains, tenant, id, cancellationToken) is not var (_, message))
            return await MissingAsync(grains, tenant, cancellationToken);
        return new RawMessage(message, payloads);
    }

    private static async Task<NoContent> DeleteAsync(TenantId tenant, string id, IGrainFactory grains)
    {
        if (MessageId.TryParse(id, out var message) && await grains.GetTenant(tenant).FindDomainAsync(message.Domain, CancellationToken.None) is { } domain)
            await grains.GetMailboxes(tenant, domain).DeleteMessageAsync(message, CancellationToken.None);
        return TypedResults.NoContent();
    }

    private static async Task<(DomainName Domain, StoredMessage Message)?> FindAsync(
        IGrainFactory grains, TenantId tenant, string text, CancellationToken cancellationToken)
    {
        if (!MessageId.TryParse(text, out var id) || await grains.GetTenant(tenant).FindDomainAsync(id.Domain, cancellationToken) is not { } domain)
            return null;
        return await grains.GetMailboxes(tenant, domain).FindMessageAsync(id, cancellationToken) is { } message ? (domain, message) : null;
    }

    private static async Task<ProblemResult> MissingAsync(IGrainFactory grains, TenantId tenant, CancellationToken cancellationToken) =>
        new(await grains.GetTenant(tenant).GetAsync(cancellationToken) is null ? ProblemCodes.TenantNotFound : ProblemCodes.MessageNotFound);
}
