namespace OrleansMail.Storage.Partitions;

/// <summary>Holds the metadata of the newest records, so that whoever reads the tail asks the store nothing. The index's gate guards it.</summary>
/// <param name="count">How many.</param>
internal sealed class RecentRecords(int count)
{
    // A record with very many recipients is not held: the memory stays bounded.
    private const int MaxLength = 8 * 1024;
    private readonly RecordEntry?[] ring = new RecordEntry?[count];
    private int next;

    /// <summary>Holds a record's metadata.</summary>
    public void Add(RecordEntry record, byte[] metadata)
    {
        if (Replace(record, metadata.Length) is not null)
            record.Recent = metadata;
    }

    /// <summary>Holds what a recovery found: what an older record held is used again, so that recovery leaves no garbage behind.</summary>
    public void Add(RecordEntry record, ReadOnlySpan<byte> metadata)
    {
        if (Replace(record, metadata.Length) is not { } free)
            return;
        record.Recent = free.Length == metadata.Length ? free : new byte[metadata.Length];
        metadata.CopyTo(record.Recent);
    }

    // What the oldest one held; null when the record is not to be held.
    private byte[]? Replace(RecordEntry record, int length)
    {
        if (ring.Length == 0 || length > MaxLength)
            return null;
        ref var slot = ref ring[next];
        next = (next + 1) % ring.Length;
        var free = slot?.Recent ?? [];
        if (slot is not null)
            slot.Recent = null;
        slot = record;
        return free;
    }
}
