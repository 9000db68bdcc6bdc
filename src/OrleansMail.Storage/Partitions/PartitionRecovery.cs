using Microsoft.Extensions.Logging;
using OrleansMail.Contracts.Storage;
using OrleansMail.Storage.Logs;

namespace OrleansMail.Storage.Partitions;

/// <summary>Fills the index and the repeats from what a scan finds, and reports what is damaged.</summary>
internal sealed partial class PartitionRecovery(
    PartitionId partition, string folder, PartitionIndex index, RepeatWindow repeats, DateTimeOffset oldestRepeat, DateTimeOffset now, PartitionMetrics metrics, ILogger logger) : ILogVisitor
{
    private LogSource log = null!;
    private uint lastBatch;

    /// <summary>Records of messages found.</summary>
    public int Records { get; private set; }

    /// <summary>Appends the current log has had.</summary>
    public int Appends { get; private set; }

    /// <summary>Whether the current log holds anything but fences.</summary>
    public bool HasContent { get; private set; }

    /// <summary>The fences of the current log.</summary>
    public List<FenceRecord> Fences { get; } = [];

    /// <summary>The logs that were entered.</summary>
    public LogList Logs { get; } = new();

    /// <summary>What is found from now on is in this log.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="order">The place behind the log before.</param>
    public void Enter(LogName name, LogOrder order)
    {
        log = new LogSource(folder + name, name.Nonce);
        Logs.Enter(name, log, order);
        (Appends, HasContent, lastBatch) = (0, false, 0);
        Fences.Clear();
    }

    /// <summary>What is found from now on was carried over from logs.</summary>
    public void EnterCarried(LogSource carried)
    {
        log = carried;
        Logs.EnterCarried(carried);
    }

    /// <inheritdoc/>
    public void Visit(in ScannedRecord record)
    {
        if (record.Header.Batch != lastBatch)
            Appends++;
        lastBatch = record.Header.Batch;
        HasContent |= record.Header.Type != LogRecordType.Fence;
        log.Since ??= now;
        try
        {
            Take(record);
        }
        catch (InvalidDataException)
        {
            // Sound by its checksum and yet not to be read: one record is lost, and not the partition.
            Damaged(record.Position, record.Header.Length, 1);
        }
    }

    /// <inheritdoc/>
    public void Damaged(long position, long octets, long records)
    {
        metrics.Damaged(Math.Max(1, records));
        Log.Damaged(logger, partition, log.ToString(), position, octets, records);
    }

    /// <summary>Octets of an append that did not finish: nothing of it was acknowledged.</summary>
    public void Torn(long position) => Log.Torn(logger, partition, log.ToString(), position);

    /// <summary>A log that others name is missing, or its end is.</summary>
    public void Lost(string name, string successor) => Log.Lost(logger, partition, name, successor);

    private void Take(in ScannedRecord record)
    {
        switch (record.Header.Type)
        {
            case LogRecordType.MessageInline or LogRecordType.MessageReference:
                AddMessage(record);
                break;
            case LogRecordType.Seen:
                foreach (var seen in SeenRecord.Decode(record.Metadata.Span))
                    repeats.Remove(seen, out _);
                break;
            case LogRecordType.Fence:
                Fences.Add(FenceRecord.Decode(record.Metadata.Span));
                break;
            case LogRecordType.Change or LogRecordType.Tombstone:
                AddChange(record.Header.Sequence, ChangeRecord.Decode(record.Metadata.Span));
                break;
            case LogRecordType.Decisions:
                log.HasDecisions = true; // needed when the log is demultiplexed, not before
                break;
            default:
                Log.Unknown(logger, partition, (int)record.Header.Type, record.Position, log.ToString());
                break;
        }
    }

    private void AddMessage(in ScannedRecord record)
    {
        var message = MessageDecoder.Summarize(record.Metadata.Span);
        lock (index.Gate)
        {
            if (index.Find(message.Id, message.Domain.Number) is not null)
                return;
            Records++;
            Add(record, message);
        }

        if (message.ReceivedAt >= oldestRepeat && !repeats.Has(message.Id, message.Domain.Number))
            AddRepeat(message, record.Header.Sequence);
    }

    private void Add(in ScannedRecord record, in MessageSummary message)
    {
        var entry = new RecordEntry(message.Id, index.Domain(message.Domain), record.Header.Sequence, message.Size, message.ReceivedAt)
        {
            Log = log,
            Place = (uint)(record.Position / LogRecordHeader.Alignment),
            MetadataLength = record.Header.PayloadOffset,
            Octets = record.Header.Length,
            Mailboxes = message.Mailboxes.Length,
        };
        index.Add(entry);
        index.HoldRecovered(entry, record.Octets.Span);
        for (var place = 0; place < message.Mailboxes.Length; place++)
        {
            var mailbox = message.Mailboxes[place];
            PartitionIndex.Mailbox(entry.Domain, mailbox.Incarnation).Add(new MailboxEntry(mailbox.Sequence, entry, (ushort)place));
        }
    }

    private void AddRepeat(in MessageSummary message, long number)
    {
        var repeat = repeats.Add(message.Id, message.Domain.Number, message.ReceivedAt);
        repeat.Number = number;
        for (var place = 0; place < message.Mailboxes.Length; place++)
        {
            foreach (var key in message.Mailboxes[place].RepeatKeys)
                repeats.AddKey(repeat, key, place);
        }
    }

    private void AddChange(long number, ChangeRecord change)
    {
        lock (index.Gate)
            PartitionIndex.Apply(index.Domain(change.Domain), number, change);
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Partition {Partition}: log {Name} ends at {Position} with an append that did not finish; it was never acknowledged and is cut.", EventName = "TornTail")]
        public static partial void Torn(ILogger logger, PartitionId partition, string name, long position);

        [LoggerMessage(LogLevel.Error, "Partition {Partition}: log {Name} is damaged at {Position}: {Octets} octets, {Records} records lost; what follows is kept.", EventName = "LogDamaged")]
        public static partial void Damaged(ILogger logger, PartitionId partition, string name, long position, long octets, long records);

        [LoggerMessage(LogLevel.Error, "Partition {Partition}: log {Name} or its end is missing; it goes on with {Successor}, which names it.", EventName = "LogLost")]
        public static partial void Lost(ILogger logger, PartitionId partition, string name, string successor);

        [LoggerMessage(LogLevel.Warning, "Partition {Partition}: a record of type {Type} at {Position} of log {Name} is of a later version and passed over.", EventName = "RecordUnknown")]
        public static partial void Unknown(ILogger logger, PartitionId partition, int type, long position, string name);
    }
}
