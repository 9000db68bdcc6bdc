using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using OrleansMail.Contracts;
using OrleansMail.Contracts.Messages;
using OrleansMail.Contracts.Storage;
using OrleansMail.Storage;

namespace OrleansMail.Grains.Partitions;

/// <inheritdoc cref="IPartitionGrain"/>
[KeepAlive, Reentrant]
internal sealed partial class PartitionGrain(IPartitionFactory factory, LocalPartitions local, ILogger<PartitionGrain> logger) : Grain, IPartitionGrain
{
    private Task<IPartition>? opening;
    private bool retired;

    /// <inheritdoc/>
    public async ValueTask<RecordReceipt> RecordAsync(DomainKey domain, MessageSubmission submission, CancellationToken cancellationToken) =>
        await (await OpenAsync()).RecordAsync(domain, submission, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask MarkSeenAsync(IReadOnlyList<Ulid> records) => (await OpenAsync()).MarkSeen(records);

    /// <inheritdoc/>
    public async ValueTask<MessagePage> ListAsync(DomainKey domain, Incarnation mailbox, long after, int limit, CancellationToken cancellationToken) =>
        await (await OpenAsync()).ListAsync(domain, mailbox, after, limit, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<bool> WaitAsync(DomainKey domain, Incarnation mailbox, long after, TimeSpan atMost, CancellationToken cancellationToken) =>
        await (await OpenAsync()).WaitAsync(domain, mailbox, after, atMost, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<StoredMessage?> FindAsync(DomainKey domain, MessageId id, CancellationToken cancellationToken) =>
        await (await OpenAsync()).FindAsync(domain, id, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<MailboxUsage> GetUsageAsync(DomainKey domain, Incarnation mailbox, CancellationToken cancellationToken) =>
        await (await OpenAsync()).GetUsageAsync(domain, mailbox, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<bool> DeleteAsync(DomainKey domain, MessageId id, CancellationToken cancellationToken) =>
        await (await OpenAsync()).DeleteAsync(domain, id, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask ForgetAsync(DomainKey domain, Incarnation? mailbox, CancellationToken cancellationToken) =>
        await (await OpenAsync()).ForgetAsync(domain, mailbox, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<MaintenanceReport> MaintainAsync(DomainKey domain, RetentionPolicy policy, CancellationToken cancellationToken) =>
        await (await OpenAsync()).MaintainAsync(domain, policy, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask CloseAsync(int change, CancellationToken cancellationToken)
    {
        if (await TryOpenAsync() is not { } partition)
            return;
        await partition.CloseAsync(change, cancellationToken);
        Log.Closed(logger, partition.Id);
        opening = null; // should the change be given up, the next call opens it again
        await GiveUpAsync(partition);
        DeactivateOnIdle();
    }

    /// <inheritdoc/>
    async ValueTask IPartitionGrain.OpenAsync(CancellationToken cancellationToken) => await OpenAsync();

    /// <inheritdoc/>
    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        if (await TryOpenAsync() is { } partition)
            await partition.FlushAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        retired = true;
        if (opening is not { } task)
            return;
        try
        {
            await GiveUpAsync(await task);
        }
        catch (StoreUnavailableException)
        {
            // It never opened: there is nothing to hand over, and each caller was told.
        }
    }

    // Opened by the first call and not at activation: a store that is away fails calls, not activations, and the next call tries again.
    private async Task<IPartition> OpenAsync()
    {
        if (retired)
            throw new StoreUnavailableException($"Partition {this.GetPrimaryKeyString()} is being handed over.");
        var task = opening ??= OpenCoreAsync();
        try
        {
            return await task;
        }
        catch
        {
            if (ReferenceEquals(opening, task))
                opening = null;
            throw;
        }
    }

    // Null: it is closed.
    private async Task<IPartition?> TryOpenAsync()
    {
        try
        {
            return await OpenAsync();
        }
        catch (PartitionClosedException)
        {
            return null;
        }
    }

    private async Task<IPartition> OpenCoreAsync()
    {
        if (!PartitionId.TryParse(this.GetPrimaryKeyString(), out var id))
            throw new FormatException($"'{this.GetPrimaryKeyString()}' is not a partition.");
        var partition = await factory.OpenAsync(id, CancellationToken.None);
        local.Add(partition);
        RetireWhenFencedAsync(partition).Ignore();
        return partition;
    }

    // This activation never opens it again, lest two of them fence each other off in turns: the directory decides who is next.
    private async Task RetireWhenFencedAsync(IPartition partition)
    {
        await partition.Fenced;
        if (retired)
            return;
        retired = true;
        Log.Fenced(logger, partition.Id);
        opening = null;
        DeactivateOnIdle();
        await GiveUpAsync(partition);
    }

    private async Task GiveUpAsync(IPartition partition)
    {
        local.Remove(partition);
        await partition.DisposeAsync(); // ends the calls that still wait in it
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Partition {Partition} has another owner now; this one gives up.", EventName = "PartitionFenced")]
        public static partial void Fenced(ILogger logger, PartitionId partition);

        [LoggerMessage(LogLevel.Information, "Partition {Partition} is closed: the number of partitions is changed.", EventName = "PartitionClosed")]
        public static partial void Closed(ILogger logger, PartitionId partition);
    }
}
