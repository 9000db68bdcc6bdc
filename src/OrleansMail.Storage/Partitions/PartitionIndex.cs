using System.Runtime.InteropServices;
using OrleansMail.Contracts;
using OrleansMail.Contracts.Messages;
using OrleansMail.Storage.Logs;

namespace OrleansMail.Storage.Partitions;

/// <summary>Where one message's metadata is.</summary>
/// <param name="Record">The record.</param>
/// <param name="Place">The mailbox's place in it.</param>
/// <param name="Sequence">What the mailbox calls it.</param>
/// <param name="Recent">Header and metadata, when they are in memory.</param>
internal readonly record struct LocatedMessage(RecordEntry Record, int Place, long Sequence, byte[]? Recent);

/// <summary>
/// What readers see of a partition: committed records only, each batch at once. One lock guards it, held for a copy of at most a page.
/// </summary>
internal sealed class PartitionIndex(int recentRecords)
{
    private const int Shards = 256;

    // A record with very many recipients is not held: the newest ones' memory stays bounded.
    private const int MaxRecentLength = 8 * 1024;
    private readonly Lock gate = new();
    private readonly Dictionary<Incarnation, MailboxIndex>[] mailboxes = [.. Enumerable.Range(0, Shards).Select(_ => new Dictionary<Incarnation, MailboxIndex>())];
    private readonly RecordTable records = new();
    private readonly List<LogName> logs = [];
    private readonly (int Number, byte[]? Metadata)[] recent = new (int, byte[]?)[recentRecords];

    /// <summary>Held while a batch is made visible.</summary>
    public Lock Gate => gate;

    /// <summary>Records in it.</summary>
    public int Count
    {
        get
        {
            lock (gate)
                return records.Count;
        }
    }

    /// <summary>The logs that records are in.</summary>
    public LogName LogOf(in RecordEntry record)
    {
        lock (gate)
            return logs[record.Log];
    }

    /// <summary>Records to come are in this log.</summary>
    /// <returns>Its index.</returns>
    public int AddLog(LogName name)
    {
        lock (gate)
        {
            logs.Add(name);
            return logs.Count - 1;
        }
    }

    /// <summary>The index of a mailbox, made when it has none yet.</summary>
    public MailboxIndex Mailbox(Incarnation mailbox)
    {
        lock (gate)
        {
            var shard = mailboxes[(uint)mailbox.GetHashCode() % Shards];
            ref var index = ref CollectionsMarshal.GetValueRefOrAddDefault(shard, mailbox, out _);
            return index ??= new MailboxIndex();
        }
    }

    /// <summary>Adds a committed record; its mailboxes' messages follow. The caller holds <see cref="Gate"/>.</summary>
    /// <param name="record">Where it is.</param>
    /// <param name="metadata">Header and metadata, to be held while it is among the newest.</param>
    /// <returns>Its number.</returns>
    public int AddRecord(in RecordEntry record, byte[] metadata)
    {
        var number = records.Add(record);
        if (recent.Length > 0 && metadata.Length <= MaxRecentLength)
            recent[number % recent.Length] = (number, metadata);
        return number;
    }

    /// <summary>
    /// Adds a record that was found in a log, before anyone reads: what an older one held is used again, so that recovery leaves no more
    /// behind than the newest records.
    /// </summary>
    /// <inheritdoc cref="AddRecord"/>
    public int AddRecovered(in RecordEntry record, ReadOnlySpan<byte> metadata)
    {
        var number = records.Add(record);
        if (recent.Length == 0 || metadata.Length > MaxRecentLength)
            return number;
        ref var slot = ref recent[number % recent.Length];
        var buffer = slot.Metadata is { } old && old.Length >= metadata.Length ? old : new byte[metadata.Length];
        metadata.CopyTo(buffer);
        slot = (number, buffer);
        return number;
    }

    /// <summary>Whether a record of that id is committed.</summary>
    public bool Contains(Ulid id, int domain)
    {
        lock (gate)
            return records.Find(id, domain) >= 0;
    }

    /// <summary>The record of an id; null when there is none.</summary>
    public LocatedMessage? Find(MessageId id)
    {
        lock (gate)
        {
            var number = records.Find(id.Record, id.Domain);
            return number < 0 ? null : Locate(new MailboxEntry(0, number, (ushort)Math.Min(id.Place, ushort.MaxValue)));
        }
    }

    /// <summary>Copies a page's places.</summary>
    /// <returns>Whether there is more behind it.</returns>
    public bool List(Incarnation mailbox, long after, int limit, List<LocatedMessage> page)
    {
        lock (gate)
        {
            if (Existing(mailbox) is not { } index)
                return false;
            var from = index.IndexBehind(after);
            var to = Math.Min(index.Count, from + limit);
            for (var i = from; i < to; i++)
                page.Add(Locate(index[i]));
            return to < index.Count;
        }
    }

    /// <summary>How full a mailbox is.</summary>
    public MailboxUsage Usage(Incarnation mailbox)
    {
        lock (gate)
            return Existing(mailbox)?.Usage ?? new MailboxUsage(0, 0, null);
    }

    /// <summary>What completes when a mailbox gets a message behind a sequence; null when it has one already.</summary>
    public Task? Arrival(Incarnation mailbox, long after)
    {
        var index = Mailbox(mailbox);
        lock (gate)
            return index.Last > after ? null : index.NextArrival;
    }

    private MailboxIndex? Existing(Incarnation mailbox) =>
        mailboxes[(uint)mailbox.GetHashCode() % Shards].GetValueOrDefault(mailbox);

    private LocatedMessage Locate(in MailboxEntry entry)
    {
        var (number, metadata) = recent.Length > 0 ? recent[entry.Record % recent.Length] : default;
        return new LocatedMessage(records[entry.Record], entry.Place, entry.Sequence, number == entry.Record ? metadata : null);
    }
}
