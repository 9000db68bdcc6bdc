using OrleansMail.Contracts;
using OrleansMail.Contracts.Messages;
using OrleansMail.Contracts.Storage;
using OrleansMail.Storage.Demultiplexing;
using OrleansMail.Storage.Domains;
using OrleansMail.Storage.Encryption;
using OrleansMail.Storage.Logs;

namespace OrleansMail.Storage.Partitions;

/// <inheritdoc cref="IPartition"/>
/// <remarks>
/// A payload is written from where it lies. Its buffer may be used again only when <see cref="RecordAsync"/> has returned a receipt; after an
/// exception or a cancelled wait it may still be on its way into the log, and is left to the garbage collector.
/// </remarks>
internal sealed class Partition(
    PartitionId id, PartitionWriter writer, PartitionIndex index, DomainLoader loader, DomainReader reader, DomainMaintenance maintenance, PartitionUpkeep upkeep, MessageSeal seal,
    TimeProvider time)
    : IPartition
{
    private const int MaxPage = 1000;

    /// <inheritdoc/>
    public PartitionId Id => id;

    /// <inheritdoc/>
    public Task Fenced => writer.Fenced;

    /// <inheritdoc/>
    public PartitionHealth Health => writer.Health;

    /// <inheritdoc/>
    public async ValueTask<RecordReceipt> RecordAsync(DomainKey domain, MessageSubmission submission, CancellationToken cancellationToken)
    {
        Validate(submission);
        writer.ThrowIfEnded();
        var form = await seal.FormAsync(domain, submission, cancellationToken);
        PendingRecord? pending = null;
        try
        {
            pending = await EnqueueAsync(domain, form, cancellationToken);
        }
        finally
        {
            if (pending is null)
                form.Dispose(); // otherwise the pending record does
        }

        if (pending is null)
            return new RecordReceipt(RecordOutcome.Recorded, new MessageId(submission.Id, domain.Number, 0));
        return cancellationToken.CanBeCanceled ? await pending.Task.WaitAsync(cancellationToken) : await pending.Task;
    }

    /// <inheritdoc/>
    public void MarkSeen(IReadOnlyList<Ulid> records) => writer.MarkSeen(records);

    /// <inheritdoc/>
    public bool TryNoteDecision(Incarnation tenant, ReadOnlyMemory<byte> entry) => writer.Decisions.TryAdd(tenant, entry);

    /// <inheritdoc/>
    public ValueTask<MessagePage> ListAsync(DomainKey domain, Incarnation mailbox, long after, int limit, CancellationToken cancellationToken)
    {
        writer.ThrowIfEnded();
        return reader.ListAsync(domain, mailbox, after, Math.Clamp(limit, 1, MaxPage), cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<bool> WaitAsync(DomainKey domain, Incarnation mailbox, long after, TimeSpan atMost, CancellationToken cancellationToken)
    {
        writer.ThrowIfEnded();
        var started = time.GetTimestamp();
        var pinned = await loader.PinAsync(domain, new[] { mailbox }, cancellationToken);
        try
        {
            while (Arrival(pinned, mailbox, after) is { } arrival)
            {
                var left = atMost - time.GetElapsedTime(started);
                if (left <= TimeSpan.Zero)
                    return false;
                try
                {
                    await Task.WhenAny(arrival, writer.Ended).WaitAsync(left, time, cancellationToken);
                }
                catch (TimeoutException)
                {
                    return false;
                }

                writer.ThrowIfEnded();
            }

            return true;
        }
        finally
        {
            index.Unpin(pinned);
        }
    }

    /// <inheritdoc/>
    public ValueTask<StoredMessage?> FindAsync(DomainKey domain, MessageId message, CancellationToken cancellationToken)
    {
        writer.ThrowIfEnded();
        return FindCoreAsync(domain, message, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<MailboxUsage> GetUsageAsync(DomainKey domain, Incarnation mailbox, CancellationToken cancellationToken)
    {
        writer.ThrowIfEnded();
        var pinned = await loader.PinAsync(domain, new[] { mailbox }, cancellationToken);
        try
        {
            lock (index.Gate)
                return pinned.IsForgotten ? new MailboxUsage(0, 0, null) : PartitionIndex.Mailbox(pinned, mailbox).Usage;
        }
        finally
        {
            index.Unpin(pinned);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<bool> DeleteAsync(DomainKey domain, MessageId id, CancellationToken cancellationToken)
    {
        while (true)
        {
            writer.ThrowIfEnded();
            if (await reader.FindAsync(domain, id, cancellationToken) is not { } found)
                return false;
            var (message, head) = found;
            var change = new ChangeRecord(domain, time.GetUtcNow(), message.Mailbox.Incarnation, id.Record, message.Sequence, message.Size);
            var outcome = await ChangeAsync(change, head, new[] { message.Mailbox.Incarnation }, cancellationToken);
            if (outcome != ChangeOutcome.Outdated)
                return outcome == ChangeOutcome.Made;
        }
    }

    /// <inheritdoc/>
    public async ValueTask ForgetAsync(DomainKey domain, Incarnation? mailbox, CancellationToken cancellationToken) =>
        await ChangeAsync(new ChangeRecord(domain, time.GetUtcNow(), mailbox, null, 0, 0), null, mailbox is { } one ? [one] : [], cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<MaintenanceReport> MaintainAsync(DomainKey domain, RetentionPolicy policy, CancellationToken cancellationToken)
    {
        writer.ThrowIfEnded();
        var pinned = await loader.PinAsync(domain, default, cancellationToken);
        try
        {
            return await upkeep.ExclusivelyAsync(
                token =>
                {
                    writer.ThrowIfEnded(); // closed while this waited
                    return maintenance.RunAsync(pinned, policy, token);
                },
                cancellationToken);
        }
        finally
        {
            index.Unpin(pinned);
        }
    }

    /// <inheritdoc/>
    public ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        writer.ThrowIfEnded();
        return upkeep.FlushAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask CloseAsync(int change, CancellationToken cancellationToken)
    {
        writer.ThrowIfEnded();
        return upkeep.CloseAsync(change, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await upkeep.DisposeAsync();
        await writer.DisposeAsync();
    }

    private static Incarnation[] MailboxesOf(MessageSubmission submission)
    {
        var mailboxes = new Incarnation[submission.Mailboxes.Count];
        for (var i = 0; i < mailboxes.Length; i++)
            mailboxes[i] = submission.Mailboxes[i].Incarnation;
        return mailboxes;
    }

    // Null: it is in a pack already.
    private async ValueTask<PendingRecord?> EnqueueAsync(DomainKey domain, RecordForm form, CancellationToken cancellationToken)
    {
        var submission = form.Submission;
        var record = form.Encode(domain, submission.Mailboxes, form.Keys);
        if (LogRecordHeader.LengthOf(record.Length, submission.Payload.Inline.Length) > LogRecordHeader.MaxRecord)
            throw new ArgumentException("The record is longer than a log takes.", nameof(form));
        var pinned = await loader.PinAsync(domain, MailboxesOf(submission), cancellationToken);
        try
        {
            if (pinned.Head is { Head.Packs.Count: > 0 } && await reader.IsPackedAsync(pinned, submission.Id, cancellationToken))
            {
                index.Unpin(pinned);
                return null;
            }

            var pending = new PendingRecord(pinned, form, record);
            writer.MarkSeen(submission.Seen); // before the message is in line, so that its batch knows them
            writer.Enqueue(pending);
            return pending;
        }
        catch
        {
            index.Unpin(pinned);
            throw;
        }
    }

    private async ValueTask<StoredMessage?> FindCoreAsync(DomainKey domain, MessageId message, CancellationToken cancellationToken) =>
        (await reader.FindAsync(domain, message, cancellationToken))?.Message;

    private async ValueTask<ChangeOutcome> ChangeAsync(ChangeRecord change, StoredHead? foundIn, Incarnation[] mailboxes, CancellationToken cancellationToken)
    {
        writer.ThrowIfEnded();
        var pinned = await loader.PinAsync(change.Domain, mailboxes, cancellationToken);
        var pending = new PendingChange(pinned, change, foundIn);
        try
        {
            writer.Enqueue(pending);
        }
        catch
        {
            index.Unpin(pinned);
            throw;
        }

        return await pending.Task.WaitAsync(cancellationToken);
    }

    private Task? Arrival(DomainIndex domain, Incarnation mailbox, long after)
    {
        lock (index.Gate)
        {
            var found = PartitionIndex.Mailbox(domain, mailbox);
            return found.Last > after ? null : found.NextArrival;
        }
    }

    private static void Validate(MessageSubmission submission)
    {
        var payload = submission.Payload;
        var valid = submission.Mailboxes.Count is > 0 and <= ushort.MaxValue;
        foreach (var mailbox in submission.Mailboxes)
            valid &= mailbox.Recipients.Count is > 0 and <= ushort.MaxValue;
        if (!valid)
            throw new ArgumentException("A message needs a mailbox, and each mailbox a recipient.", nameof(submission));
        if (submission.Headers.Count > byte.MaxValue)
            throw new ArgumentException("More header fields than a record keeps.", nameof(submission));
        if (payload.ObjectPath is null ? payload.Inline.Length != payload.Size || payload.Size > Payload.MaxInline : payload.Inline.Length > 0)
            throw new ArgumentException("A payload is inline, whole and not too long, or an object.", nameof(submission));
    }
}
