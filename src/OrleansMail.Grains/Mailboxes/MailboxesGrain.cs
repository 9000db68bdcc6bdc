using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;
using OrleansMail.Contracts;
using OrleansMail.Contracts.Domains;
using OrleansMail.Contracts.Mailboxes;
using OrleansMail.Contracts.Messages;
using OrleansMail.Contracts.Provisioning;
using OrleansMail.Contracts.Storage;
using OrleansMail.Grains.Partitions;

namespace OrleansMail.Grains.Mailboxes;

/// <inheritdoc cref="IMailboxesGrain"/>
internal sealed class MailboxesGrain : Grain, IMailboxesGrain, IDisposable
{
    private readonly ServedDomainLoader served;
    private readonly RecipientResolver resolver;
    private readonly MailboxProvisioning mailboxes;
    private readonly AliasProvisioning aliases;
    private readonly SemaphoreSlim maintenance = new(1);

    /// <summary>Created by Orleans.</summary>
    public MailboxesGrain(
        [FromKeyedServices(GrainStorageNames.Provider)] IGrainStorage storage, IGrainFactory grains, PartitionRouter partitions, LocalDomains local, TimeProvider time)
    {
        served = new(storage, grains, partitions, local, this.GetGrainId());
        resolver = new(grains);
        mailboxes = new(grains, time);
        aliases = new(grains, resolver, time);
    }

    /// <inheritdoc/>
    public async ValueTask<Resolution> ResolveAsync(LocalPart localPart, int depth, CancellationToken cancellationToken) =>
        await served.GetAsync(cancellationToken) is { } domain
            ? await resolver.ResolveAsync(domain, localPart, depth, cancellationToken)
            : Resolution.Refused(ResolutionOutcome.DomainUnknown);

    /// <inheritdoc/>
    public async ValueTask<RecordReceipt> RecordAsync(MessageSubmission submission, CancellationToken cancellationToken) =>
        await served.GetAsync(cancellationToken) is { } domain
            ? await MailboxMessages.RecordAsync(domain, submission, cancellationToken)
            : new(RecordOutcome.Gone, default);

    /// <inheritdoc/>
    public async ValueTask MarkSeenAsync(IReadOnlyList<Ulid> records)
    {
        if (await served.GetAsync(CancellationToken.None) is { } domain)
            await domain.Partition.MarkSeenAsync(records);
    }

    /// <inheritdoc/>
    public async ValueTask<MailboxPage?> ListMessagesAsync(
        LocalPart mailbox, Incarnation? incarnation, long after, int limit, TimeSpan wait, CancellationToken cancellationToken) =>
        await served.GetAsync(cancellationToken) is { } domain && domain.Find(mailbox) is { } entry
            && (incarnation is null || incarnation.Value.Value == entry.Incarnation)
                ? await MailboxMessages.ListAsync(domain, entry, after, limit, wait, cancellationToken)
                : null;

    /// <inheritdoc/>
    public async ValueTask<StoredMessage?> FindMessageAsync(MessageId id, CancellationToken cancellationToken) =>
        await served.GetAsync(cancellationToken) is { } domain ? await MailboxMessages.FindAsync(domain, id, cancellationToken) : null;

    /// <inheritdoc/>
    public async ValueTask DeleteMessageAsync(MessageId id, CancellationToken cancellationToken)
    {
        if (await served.GetAsync(cancellationToken) is { } domain)
            await MailboxMessages.DeleteAsync(domain, id, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<Versioned<MailboxStatus>?> GetMailboxAsync(LocalPart mailbox, CancellationToken cancellationToken) =>
        await served.GetAsync(cancellationToken) is { } domain ? await MailboxProvisioning.GetAsync(domain, mailbox, cancellationToken) : null;

    /// <inheritdoc/>
    public async ValueTask<Page<MailboxStatus>?> ListMailboxesAsync(string? after, int limit, CancellationToken cancellationToken) =>
        await served.GetAsync(cancellationToken) is { } domain ? await MailboxProvisioning.ListAsync(domain, after, limit, cancellationToken) : null;

    /// <inheritdoc/>
    public async ValueTask<int> CountMailboxesAsync(CancellationToken cancellationToken) =>
        (await served.GetAsync(cancellationToken))?.Directory.Mailboxes.Count ?? 0;

    /// <inheritdoc/>
    public async ValueTask<ChangeResult<MailboxStatus>> PutMailboxAsync(
        LocalPart mailbox, MailboxSettings settings, string? ifMatch, CancellationToken cancellationToken) =>
        await served.GetAsync(cancellationToken) is { } domain
            ? await ChangeAsync(() => mailboxes.PutAsync(domain, mailbox, settings, ifMatch, cancellationToken))
            : new(ChangeStatus.ParentNotFound);

    /// <inheritdoc/>
    public async ValueTask<ChangeStatus> DeleteMailboxAsync(LocalPart mailbox, string? ifMatch, CancellationToken cancellationToken) =>
        await served.GetAsync(cancellationToken) is { } domain
            ? await ChangeAsync(() => MailboxProvisioning.DeleteAsync(domain, mailbox, ifMatch, cancellationToken))
            : ifMatch is null ? ChangeStatus.Deleted : ChangeStatus.VersionMismatch;

    /// <inheritdoc/>
    public async ValueTask<Versioned<MailAlias>?> GetAliasAsync(string alias, CancellationToken cancellationToken) =>
        await served.GetAsync(cancellationToken) is { } domain ? AliasProvisioning.Get(domain, alias) : null;

    /// <inheritdoc/>
    public async ValueTask<Page<MailAlias>?> ListAliasesAsync(string? after, int limit, CancellationToken cancellationToken) =>
        await served.GetAsync(cancellationToken) is { } domain ? AliasProvisioning.List(domain, after, limit) : null;

    /// <inheritdoc/>
    public async ValueTask<ChangeResult<MailAlias>> PutAliasAsync(
        string alias, IReadOnlyList<string> targets, string? ifMatch, CancellationToken cancellationToken) =>
        await served.GetAsync(cancellationToken) is { } domain
            ? await ChangeAsync(() => aliases.PutAsync(domain, alias, targets, ifMatch, cancellationToken))
            : new(ChangeStatus.ParentNotFound);

    /// <inheritdoc/>
    public async ValueTask<ChangeStatus> DeleteAliasAsync(string alias, string? ifMatch, CancellationToken cancellationToken) =>
        await served.GetAsync(cancellationToken) is { } domain
            ? await ChangeAsync(() => AliasProvisioning.DeleteAsync(domain, alias, ifMatch))
            : ifMatch is null ? ChangeStatus.Deleted : ChangeStatus.VersionMismatch;

    /// <inheritdoc/>
    public ValueTask ConfigureAsync(DomainConfiguration? configuration, CancellationToken cancellationToken)
    {
        served.Configure(configuration);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public async ValueTask ClearAsync(CancellationToken cancellationToken)
    {
        try
        {
            await (await served.GetDirectoryAsync()).ClearAsync();
        }
        finally
        {
            served.Forget();
        }
    }

    /// <inheritdoc/>
    public async ValueTask<MaintenanceReport?> MaintainAsync(CancellationToken cancellationToken)
    {
        await maintenance.WaitAsync(cancellationToken); // one by rules that were changed meanwhile must not end after one by the rules of now
        try
        {
            if (await served.GetAsync(cancellationToken) is { Configuration.Hold: false } free && DomainMaintenance.Unfinished(free).Length > 0)
                await this.AsReference<IMailboxesGrain>().FinishDeletionsAsync(cancellationToken); // in its turn among the other changes
            return await served.GetAsync(cancellationToken) is { } domain ? await DomainMaintenance.MaintainAsync(domain, cancellationToken) : null;
        }
        finally
        {
            maintenance.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask FinishDeletionsAsync(CancellationToken cancellationToken)
    {
        if (await served.GetAsync(cancellationToken) is not { } domain)
            return;
        foreach (var key in DomainMaintenance.Unfinished(domain))
        {
            if (domain.Directory.Mailboxes.Find(key) is { Deleting: true } entry)
                await ChangeAsync(async () =>
                {
                    await MailboxDeletion.FinishAsync(domain, key, entry, cancellationToken);
                    return true;
                });
        }
    }

    /// <inheritdoc/>
    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        served.Forget();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public void Dispose() => maintenance.Dispose();

    // A change that fails may have reached the store: what is stored counts, so it is read again.
    private async ValueTask<T> ChangeAsync<T>(Func<ValueTask<T>> change)
    {
        try
        {
            return await change();
        }
        catch
        {
            served.Forget();
            throw;
        }
    }
}
