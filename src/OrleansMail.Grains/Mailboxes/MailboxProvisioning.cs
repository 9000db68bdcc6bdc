using OrleansMail.Contracts;
using OrleansMail.Contracts.Mailboxes;
using OrleansMail.Contracts.Messages;
using OrleansMail.Contracts.Provisioning;
using OrleansMail.Grains.Provisioning;
using OrleansMail.Grains.Tenants;

namespace OrleansMail.Grains.Mailboxes;

/// <summary>The mailboxes of a domain as they are set up and shown.</summary>
internal sealed class MailboxProvisioning(IGrainFactory grains, TimeProvider time)
{
    /// <inheritdoc cref="IMailboxesGrain.GetMailboxAsync"/>
    public static async ValueTask<Versioned<MailboxStatus>?> GetAsync(ServedDomain domain, LocalPart mailbox, CancellationToken cancellationToken) =>
        domain.Find(mailbox) is { } entry ? await StatusAsync(domain, entry, cancellationToken) : null;

    /// <inheritdoc cref="IMailboxesGrain.ListMailboxesAsync"/>
    public static async ValueTask<Page<MailboxStatus>> ListAsync(ServedDomain domain, string? after, int limit, CancellationToken cancellationToken)
    {
        limit = Paging.Clamp(limit);
        var page = Paging.Cut(domain.Directory.Mailboxes.Behind(after, limit + 1), limit, e => e.Key);
        var items = await Task.WhenAll(page.Items.Where(e => !e.Value.Deleting).Select(e => StatusAsync(domain, e.Value, cancellationToken)));
        return new([.. items.Select(i => i.Value)], page.Next);
    }

    /// <inheritdoc cref="IMailboxesGrain.PutMailboxAsync"/>
    public async ValueTask<ChangeResult<MailboxStatus>> PutAsync(
        ServedDomain domain, LocalPart mailbox, MailboxSettings settings, string? ifMatch, CancellationToken cancellationToken)
    {
        var key = domain.Key(mailbox);
        if (domain.Directory.Mailboxes.Find(key) is { Deleting: true } leaving)
            await MailboxDeletion.FinishAsync(domain, key, leaving, CancellationToken.None);
        var old = domain.Directory.FindMailbox(key);
        if (!VersionTag.Allows(ifMatch, old is null ? null : Version(old)))
            return new(ChangeStatus.VersionMismatch);
        if (await CheckAsync(domain, key, old, settings, cancellationToken) is { } problem)
            return problem.ToResult<MailboxStatus>();
        var entry = old is null
            ? new MailboxEntry(mailbox.Value, Incarnation.Create(time).Value, 1, settings)
            : old with { Settings = settings, Version = old.Version + 1 };
        await domain.Directory.Mailboxes.SetAsync(key, entry);
        return old is null
            ? new(ChangeStatus.Created, new(new(domain.Show(entry), new(0, 0, null), domain.Retention(entry)), Version(entry)))
            : new(ChangeStatus.Updated, await StatusAsync(domain, entry, cancellationToken));
    }

    /// <inheritdoc cref="IMailboxesGrain.DeleteMailboxAsync"/>
    public static async ValueTask<ChangeStatus> DeleteAsync(ServedDomain domain, LocalPart mailbox, string? ifMatch, CancellationToken cancellationToken)
    {
        var key = domain.Key(mailbox);
        var entry = domain.Directory.Mailboxes.Find(key);
        if (entry is not { Deleting: true } && !VersionTag.Allows(ifMatch, entry is null ? null : Version(entry)))
            return ChangeStatus.VersionMismatch;
        if (entry is not null)
            await MailboxDeletion.DeleteAsync(domain, key, entry, cancellationToken);
        return ChangeStatus.Deleted;
    }

    private async ValueTask<FieldProblem?> CheckAsync(
        ServedDomain domain, string key, MailboxEntry? old, MailboxSettings settings, CancellationToken cancellationToken)
    {
        if (RetentionRules.Check(settings.RetentionDays, "retentionDays") is { } problem)
            return problem;
        if (old is not null)
            return null;
        if (domain.Directory.FindAlias(key) is not null)
            return new("mailbox", "There is an alias of that name.");
        return domain.Configuration.MailboxLimit is { } limit
            && !await grains.GetTenant(domain.Configuration.Tenant).HasRoomForMailboxAsync(domain.Name, domain.Directory.Mailboxes.Count, cancellationToken)
                ? new("mailbox", $"The tenant's limit of {limit} mailboxes is reached.")
                : null;
    }

    private static async Task<Versioned<MailboxStatus>> StatusAsync(ServedDomain domain, MailboxEntry entry, CancellationToken cancellationToken)
    {
        MailboxUsage usage = await domain.Partition.GetUsageAsync(domain.Configuration.Domain.Key, new(entry.Incarnation), cancellationToken);
        return new(new(domain.Show(entry), usage, domain.Retention(entry)), Version(entry));
    }

    private static string Version(MailboxEntry entry) => VersionTag.Of(entry.Incarnation, entry.Version);
}
