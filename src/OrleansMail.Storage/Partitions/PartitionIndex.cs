using System.Runtime.InteropServices;
using OrleansMail.Contracts;
using OrleansMail.Contracts.Storage;
using OrleansMail.Storage.Domains;
using OrleansMail.Storage.Logs;

namespace OrleansMail.Storage.Partitions;

/// <summary>
/// What readers see of a partition: committed records only, each batch at once. Its memory is bounded by what logs hold on top of packs and by the
/// number of idle domains, not by mail. One lock guards it, held for a copy of at most a page.
/// </summary>
/// <param name="recentRecords">The newest records whose metadata is held.</param>
/// <param name="maxIdleDomains">Domains that are held though they have nothing in logs.</param>
internal sealed class PartitionIndex(int recentRecords, int maxIdleDomains)
{
    /// <summary>Octets of memory that a record takes here, about, and each of its mailboxes.</summary>
    private const int MemoryOfRecord = 200;
    private const int MemoryOfEntry = 32;
    private const int MemoryOfPacked = 120;
    private readonly Lock gate = new();
    private readonly Dictionary<Incarnation, DomainIndex> domains = [];
    private readonly RecordTable records = new();
    private readonly RecentRecords recent = new(recentRecords);
    private readonly Queue<DomainIndex> idle = new();
    private readonly Queue<RecordEntry> packed = new();

    /// <summary>Held while a batch is made visible, and while anything in it is read.</summary>
    public Lock Gate => gate;

    /// <summary>Octets of memory that the records of logs take here, about.</summary>
    public long Memory { get; private set; }

    /// <summary>Octets of memory that records take here which went into packs a moment ago, about.</summary>
    public long PackedMemory => packed.Count * (long)MemoryOfPacked;

    /// <summary>Octets of logs that are not in packs.</summary>
    public long Bytes { get; private set; }

    /// <summary>Records that are not in packs.</summary>
    public int Count => records.Count - packed.Count;

    /// <summary>All domains that are in memory. The caller holds the gate.</summary>
    public IReadOnlyCollection<DomainIndex> Domains => domains.Values;

    /// <summary>The domain, made when it is not in memory. The caller holds the gate.</summary>
    public DomainIndex Domain(DomainKey key)
    {
        ref var domain = ref CollectionsMarshal.GetValueRefOrAddDefault(domains, key.Domain, out _);
        domain ??= new DomainIndex(key);
        domain.Touched = true;
        return domain;
    }

    /// <summary>A mailbox of a domain, made when it is not in memory. The caller holds the gate.</summary>
    public static MailboxIndex Mailbox(DomainIndex domain, Incarnation mailbox)
    {
        ref var index = ref CollectionsMarshal.GetValueRefOrAddDefault(domain.Mailboxes, mailbox, out _);
        return index ??= new MailboxIndex(mailbox);
    }

    /// <summary>What was written, or is not to be, needs its domains no longer.</summary>
    public void Unpin(IReadOnlyList<IPendingWrite> writes)
    {
        lock (gate)
        {
            foreach (var write in writes)
            {
                if (write.Pinned is { } domain)
                    UnpinCore(domain);
            }
        }
    }

    /// <summary>The call that pinned a domain is done with it.</summary>
    public void Unpin(DomainIndex domain)
    {
        lock (gate)
            UnpinCore(domain);
    }

    /// <summary>Puts a domain that has nothing to do in line for eviction. The caller holds the gate.</summary>
    public void Rest(DomainIndex domain)
    {
        if (domain.IsQueued || domain.Pins > 0)
            return;
        domain.IsQueued = true;
        idle.Enqueue(domain);
        for (var looks = 2; idle.Count > maxIdleDomains && looks > 0; looks--)
            Evict(idle.Dequeue());
    }

    /// <summary>Adds a committed record; its mailboxes' messages follow. The caller holds the gate.</summary>
    public void Add(RecordEntry record)
    {
        records.Add(record);
        record.Domain.Records.Add(record);
        record.Domain.Bytes += record.Octets;
        record.Log.Live++;
        Bytes += record.Octets;
        Memory += MemoryOf(record);
    }

    /// <summary>Holds the metadata of a new record while it is among the newest. The caller holds the gate.</summary>
    public void Hold(RecordEntry record, byte[] metadata) => recent.Add(record, metadata);

    /// <inheritdoc cref="RecentRecords.Add(RecordEntry, ReadOnlySpan{byte})"/>
    public void HoldRecovered(RecordEntry record, ReadOnlySpan<byte> metadata) => recent.Add(record, metadata);

    /// <summary>Whether a record of that id is in a log, or went into a pack a moment ago. The caller holds the gate.</summary>
    public RecordEntry? Find(Ulid id, int domain) => records.Find(id, domain);

    /// <summary>Takes a change over that is durable. The caller holds the gate.</summary>
    public static void Apply(DomainIndex domain, long number, ChangeRecord change)
    {
        domain.Changes.Add(new LoggedChange(number, change));
        if (change.Mailbox is not { } mailbox)
            domain.IsForgotten = true;
        else if (change.Record is null)
            Mailbox(domain, mailbox).Forget(number);
        else
            Mailbox(domain, mailbox).Delete(change.Sequence, new DeletedMessage(number, change.Size));
    }

    /// <summary>A head is written or read: what of the logs is in it goes. The caller holds the gate.</summary>
    /// <param name="domain">The domain.</param>
    /// <param name="head">Its head.</param>
    /// <param name="applied">The last log record of this partition that is in it.</param>
    /// <param name="rows">Rows that changed, or that were read for mailboxes in memory; a head without pages has them all.</param>
    /// <param name="isReread">Whether someone else may have written it: a row that is not given is not known then.</param>
    /// <param name="timestamp">Now.</param>
    public void Load(DomainIndex domain, StoredHead head, long applied, IReadOnlyDictionary<Incarnation, MailboxRow?> rows, bool isReread, long timestamp)
    {
        domain.Head = head;
        var count = 0;
        for (; count < domain.Records.Count && domain.Records[count].Number <= applied; count++)
            Leave(domain.Records[count], timestamp);
        domain.Records.RemoveFirst(count);
        domain.Changes.RemoveAll(c => c.Number <= applied);
        domain.IsForgotten = domain.Changes.Exists(static c => c.Change.Mailbox is null);
        foreach (var (mailbox, index) in domain.Mailboxes)
        {
            if (head.Head.Pages.Count == 0)
                index.Load(head.Head.FindRow(mailbox), applied);
            else if (rows.TryGetValue(mailbox, out var row))
                index.Load(row, applied);
            else if (isReread)
                index.Unload();
            else if (index.IsLoaded)
                index.Load(index.Row, applied);
            if (domain.Pins == 0 && index.IsIdle)
                domain.Mailboxes.Remove(mailbox);
        }
    }

    /// <summary>Forgets the ids of records that went into packs before a time: no call is made again that late. The caller holds the gate.</summary>
    public void ForgetPacked(long before)
    {
        while (packed.TryPeek(out var oldest) && oldest.PackedAt < before)
            records.Remove(packed.Dequeue());
    }

    private void UnpinCore(DomainIndex domain)
    {
        domain.Pins--;
        Rest(domain);
    }

    private static long MemoryOf(RecordEntry record) => MemoryOfRecord + ((long)record.Mailboxes * MemoryOfEntry);

    private void Leave(RecordEntry record, long timestamp)
    {
        record.PackedAt = timestamp;
        packed.Enqueue(record);
        record.Log.Live--;
        record.Domain.Bytes -= record.Octets;
        Bytes -= record.Octets;
        Memory -= MemoryOf(record);
    }

    private void Evict(DomainIndex domain)
    {
        domain.IsQueued = false;
        if (domain.IsIdle && !domain.Touched)
        {
            domains.Remove(domain.Key.Domain);
            return;
        }

        domain.Touched = false;
        if (domain.Records.Count > 0 || domain.Changes.Count > 0)
            return; // comes back when its head is written
        domain.IsQueued = true;
        idle.Enqueue(domain);
    }
}
