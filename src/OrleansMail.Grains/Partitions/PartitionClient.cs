using OrleansMail.Contracts;
using OrleansMail.Contracts.Messages;
using OrleansMail.Contracts.Storage;

namespace OrleansMail.Grains.Partitions;

/// <summary>
/// Calls the partition of a domain: as a plain object where this silo owns it, by its grain otherwise. While the number of partitions is changed a call waits for a
/// moment, and goes to where the domain is then.
/// </summary>
internal sealed class PartitionClient(PartitionRouter router, PartitionId? own, ulong hash)
{
    /// <inheritdoc cref="IPartitionGrain.RecordAsync"/>
    public ValueTask<RecordReceipt> RecordAsync(DomainKey domain, MessageSubmission submission, CancellationToken cancellationToken) =>
        CallAsync(p => p.Local?.RecordAsync(domain, submission, cancellationToken) ?? p.Grain.RecordAsync(domain, submission, cancellationToken), cancellationToken);

    /// <inheritdoc cref="IPartitionGrain.MarkSeenAsync"/>
    public ValueTask MarkSeenAsync(IReadOnlyList<Ulid> records) =>
        CallAsync(
            p =>
            {
                if (p.Local is not { } partition)
                    return p.Grain.MarkSeenAsync(records);
                partition.MarkSeen(records);
                return ValueTask.CompletedTask;
            },
            CancellationToken.None);

    /// <inheritdoc cref="IPartitionGrain.ListAsync"/>
    public ValueTask<MessagePage> ListAsync(DomainKey domain, Incarnation mailbox, long after, int limit, CancellationToken cancellationToken) =>
        CallAsync(p => p.Local?.ListAsync(domain, mailbox, after, limit, cancellationToken) ?? p.Grain.ListAsync(domain, mailbox, after, limit, cancellationToken), cancellationToken);

    /// <inheritdoc cref="IPartitionGrain.WaitAsync"/>
    public ValueTask<bool> WaitAsync(DomainKey domain, Incarnation mailbox, long after, TimeSpan atMost, CancellationToken cancellationToken) =>
        CallAsync(p => p.Local?.WaitAsync(domain, mailbox, after, atMost, cancellationToken) ?? p.Grain.WaitAsync(domain, mailbox, after, atMost, cancellationToken), cancellationToken);

    /// <inheritdoc cref="IPartitionGrain.FindAsync"/>
    public ValueTask<StoredMessage?> FindAsync(DomainKey domain, MessageId message, CancellationToken cancellationToken) =>
        CallAsync(p => p.Local?.FindAsync(domain, message, cancellationToken) ?? p.Grain.FindAsync(domain, message, cancellationToken), cancellationToken);

    /// <inheritdoc cref="IPartitionGrain.GetUsageAsync"/>
    public ValueTask<MailboxUsage> GetUsageAsync(DomainKey domain, Incarnation mailbox, CancellationToken cancellationToken) =>
        CallAsync(p => p.Local?.GetUsageAsync(domain, mailbox, cancellationToken) ?? p.Grain.GetUsageAsync(domain, mailbox, cancellationToken), cancellationToken);

    /// <inheritdoc cref="IPartitionGrain.DeleteAsync"/>
    public ValueTask<bool> DeleteAsync(DomainKey domain, MessageId message, CancellationToken cancellationToken) =>
        CallAsync(p => p.Local?.DeleteAsync(domain, message, cancellationToken) ?? p.Grain.DeleteAsync(domain, message, cancellationToken), cancellationToken);

    /// <inheritdoc cref="IPartitionGrain.ForgetAsync"/>
    public ValueTask ForgetAsync(DomainKey domain, Incarnation? mailbox, CancellationToken cancellationToken) =>
        CallAsync(p => p.Local?.ForgetAsync(domain, mailbox, cancellationToken) ?? p.Grain.ForgetAsync(domain, mailbox, cancellationToken), cancellationToken);

    /// <inheritdoc cref="IPartitionGrain.MaintainAsync"/>
    public ValueTask<MaintenanceReport> MaintainAsync(DomainKey domain, RetentionPolicy policy, CancellationToken cancellationToken) =>
        CallAsync(p => p.Local?.MaintainAsync(domain, policy, cancellationToken) ?? p.Grain.MaintainAsync(domain, policy, cancellationToken), cancellationToken);

    private async ValueTask CallAsync(Func<PartitionTarget, ValueTask> call, CancellationToken cancellationToken) =>
        await CallAsync(
            async p =>
            {
                await call(p);
                return true;
            },
            cancellationToken);

    private async ValueTask<T> CallAsync<T>(Func<PartitionTarget, ValueTask<T>> call, CancellationToken cancellationToken)
    {
        for (long? closed = null; ;)
        {
            var target = await router.FindAsync(own, hash, cancellationToken);
            try
            {
                return await call(target);
            }
            catch (PartitionClosedException) when (own is null)
            {
                closed ??= router.Timestamp;
                if (!await router.WaitForChangeAsync(target.Id, closed.Value, cancellationToken))
                    throw;
            }
        }
    }
}
