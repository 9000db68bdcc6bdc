using OrleansMail.Contracts;
using OrleansMail.Contracts.Messages;
using OrleansMail.Contracts.Storage;
using OrleansMail.Storage.Logs;

namespace OrleansMail.Storage.Partitions;

/// <inheritdoc cref="IPartition"/>
/// <remarks>
/// A payload is written from where it lies. Its buffer may be used again only when <see cref="RecordAsync"/> has returned a receipt; after an
/// exception or a cancelled wait it may still be on its way into the log, and is left to the garbage collector.
/// </remarks>
internal sealed class Partition(PartitionId id, PartitionWriter writer, PartitionIndex index, MessageReader reader, TimeProvider time) : IPartition
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
        var checksum = LogChecksum.Of(submission.Payload.Inline.Span);
        var keys = RepeatKey.Of(submission);
        var record = MessageEncoder.Encode(domain, submission, submission.Mailboxes, keys, checksum);
        if (LogRecordHeader.LengthOf(record.Length, submission.Payload.Inline.Length) > LogRecordHeader.MaxRecord)
            throw new ArgumentException("The record is longer than a log takes.", nameof(submission));
        var pending = new PendingRecord(domain, submission, keys, record, checksum);
        writer.MarkSeen(submission.Seen); // before the message is in line, so that its batch knows them
        writer.Enqueue(pending);
        return cancellationToken.CanBeCanceled ? await pending.Task.WaitAsync(cancellationToken) : await pending.Task;
    }

    /// <inheritdoc/>
    public void MarkSeen(IReadOnlyList<Ulid> records) => writer.MarkSeen(records);

    /// <inheritdoc/>
    public async ValueTask<MessagePage> ListAsync(DomainKey domain, Incarnation mailbox, long after, int limit, CancellationToken cancellationToken)
    {
        writer.ThrowIfEnded();
        limit = Math.Clamp(limit, 1, MaxPage);
        var located = new List<LocatedMessage>();
        while (true)
        {
            located.Clear();
            var more = index.List(mailbox, after, limit, located);
            var messages = await reader.ReadAsync(located, cancellationToken);
            if (messages.Count > 0 || !more)
                return new MessagePage(messages, more);
            after = located[^1].Sequence; // nothing of this page can be served: a page behind it lets the reader go on
        }
    }

    /// <inheritdoc/>
    public async ValueTask<bool> WaitAsync(DomainKey domain, Incarnation mailbox, long after, TimeSpan atMost, CancellationToken cancellationToken)
    {
        writer.ThrowIfEnded();
        var started = time.GetTimestamp();
        while (index.Arrival(mailbox, after) is { } arrival)
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

    /// <inheritdoc/>
    public async ValueTask<StoredMessage?> FindAsync(DomainKey domain, MessageId message, CancellationToken cancellationToken)
    {
        writer.ThrowIfEnded();
        return index.Find(message) is { } located ? await reader.FindAsync(located, domain.Domain, message, cancellationToken) : null;
    }

    /// <inheritdoc/>
    public ValueTask<MailboxUsage> GetUsageAsync(DomainKey domain, Incarnation mailbox, CancellationToken cancellationToken)
    {
        writer.ThrowIfEnded();
        return new(index.Usage(mailbox));
    }

    /// <inheritdoc/>
    public ValueTask<bool> DeleteAsync(DomainKey domain, MessageId id, CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <inheritdoc/>
    public ValueTask ForgetAsync(DomainKey domain, Incarnation? mailbox, CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <inheritdoc/>
    public ValueTask<MaintenanceReport> MaintainAsync(DomainKey domain, RetentionPolicy policy, CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => writer.DisposeAsync();

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
