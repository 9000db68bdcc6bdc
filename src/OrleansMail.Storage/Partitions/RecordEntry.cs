using OrleansMail.Storage.Logs;

namespace OrleansMail.Storage.Partitions;

/// <summary>A record that is in a log and not in a pack yet. The index's gate guards what changes.</summary>
/// <param name="id">Its id, shared by the records that one transaction made for several domains.</param>
/// <param name="domain">Whose it is.</param>
/// <param name="number">Its number in the partition.</param>
/// <param name="size">Octets of raw.</param>
/// <param name="receivedAt">When it was received.</param>
internal sealed class RecordEntry(Ulid id, DomainIndex domain, long number, long size, DateTimeOffset receivedAt)
{
    public Ulid Id => id;

    public DomainIndex Domain => domain;

    public long Number => number;

    public long Size => size;

    public DateTimeOffset ReceivedAt => receivedAt;

    /// <summary>Where it is.</summary>
    public required LogSource Log { get; set; }

    /// <summary>Its position there, in units of 8 octets.</summary>
    public required uint Place { get; set; }

    /// <summary>Octets of header and metadata.</summary>
    public required int MetadataLength { get; init; }

    /// <summary>Octets of the whole record.</summary>
    public required int Octets { get; init; }

    /// <summary>Mailboxes that it is for.</summary>
    public required int Mailboxes { get; init; }

    /// <summary>When it went into a pack, as a timestamp; 0 while it is only in a log. Its id is known for a while longer, to calls made again.</summary>
    public long PackedAt { get; set; }

    /// <summary>Header and metadata, while it is among the newest.</summary>
    public byte[]? Recent { get; set; }

    /// <summary>Its position in the log.</summary>
    public long Position => (long)Place * LogRecordHeader.Alignment;
}

/// <summary>The records of a partition's logs by id: hashed in many small tables, so that none is large when it grows.</summary>
internal sealed class RecordTable
{
    private const int Shards = 256;
    private readonly Dictionary<(Ulid Id, int Domain), RecordEntry>[] shards = [.. Enumerable.Range(0, Shards).Select(_ => new Dictionary<(Ulid, int), RecordEntry>())];

    /// <summary>Records in it.</summary>
    public int Count { get; private set; }

    /// <summary>Takes a record in.</summary>
    public void Add(RecordEntry record)
    {
        if (ShardOf(record.Id).TryAdd((record.Id, record.Domain.Key.Number), record))
            Count++;
    }

    /// <summary>The record of an id and the number of its domain.</summary>
    public RecordEntry? Find(Ulid id, int domain) => ShardOf(id).GetValueOrDefault((id, domain));

    /// <summary>Removes a record.</summary>
    public void Remove(RecordEntry record)
    {
        if (ShardOf(record.Id).Remove((record.Id, record.Domain.Key.Number)))
            Count--;
    }

    private Dictionary<(Ulid Id, int Domain), RecordEntry> ShardOf(Ulid id) => shards[(uint)id.GetHashCode() % Shards];
}
