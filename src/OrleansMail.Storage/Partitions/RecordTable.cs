using System.Runtime.InteropServices;

namespace OrleansMail.Storage.Partitions;

/// <summary>Where a record is.</summary>
/// <param name="Id">Its id, shared by the records that one transaction made for several domains.</param>
/// <param name="Domain">The number of its domain.</param>
/// <param name="Log">Index of its log in the partition's list.</param>
/// <param name="Place">Its position in the log, in units of 8 octets.</param>
/// <param name="Length">Octets of header and metadata.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct RecordEntry(Ulid Id, int Domain, int Log, uint Place, int Length)
{
    /// <summary>Its position in the log.</summary>
    public long Position => (long)Place * Logs.LogRecordHeader.Alignment;
}

/// <summary>
/// All records of a partition, by number and by id: 32 octets each, and 4 to 8 for finding it. Hashed in many small tables, so that none
/// is large when it grows.
/// </summary>
internal sealed class RecordTable
{
    private const int Shards = 1024;
    private readonly ChunkedList<RecordEntry> records = new(4096);
    private readonly Shard[] shards = new Shard[Shards];

    /// <summary>Records in it.</summary>
    public int Count => records.Count;

    /// <summary>The record of a number.</summary>
    public ref readonly RecordEntry this[int number] => ref records[number];

    /// <summary>Adds a record.</summary>
    /// <returns>Its number.</returns>
    public int Add(in RecordEntry record)
    {
        var number = records.Add(record);
        var hash = Hash(record.Id, record.Domain);
        ref var shard = ref shards[hash % Shards];
        if ((shard.Count + 1) * 3 > (shard.Slots?.Length ?? 0) * 2)
            Grow(ref shard);
        Insert(ref shard, hash, number);
        return number;
    }

    /// <summary>The number of a record; -1 when there is none of that id and domain.</summary>
    public int Find(Ulid id, int domain)
    {
        var hash = Hash(id, domain);
        var slots = shards[hash % Shards].Slots;
        if (slots is null)
            return -1;
        var mask = (uint)slots.Length - 1;
        for (var slot = (hash / Shards) & mask; slots[slot] != 0; slot = (slot + 1) & mask)
        {
            var number = slots[slot] - 1;
            if (records[number].Id == id && records[number].Domain == domain)
                return number;
        }

        return -1;
    }

    private void Grow(ref Shard shard)
    {
        var old = shard.Slots ?? [];
        shard = new Shard { Slots = new int[Math.Max(8, old.Length * 2)] };
        foreach (var number in old)
        {
            if (number != 0)
                Insert(ref shard, Hash(records[number - 1].Id, records[number - 1].Domain), number - 1);
        }
    }

    private static void Insert(ref Shard shard, uint hash, int number)
    {
        var mask = (uint)shard.Slots!.Length - 1;
        var slot = (hash / Shards) & mask;
        while (shard.Slots[slot] != 0)
            slot = (slot + 1) & mask;
        shard.Slots[slot] = number + 1;
        shard.Count++;
    }

    private static uint Hash(Ulid id, int domain)
    {
        var octets = MemoryMarshal.AsBytes(new ReadOnlySpan<Ulid>(in id));
        var mixed = (MemoryMarshal.Read<ulong>(octets) * 0x9E3779B97F4A7C15) ^ MemoryMarshal.Read<ulong>(octets[8..]) ^ (uint)domain;
        mixed *= 0xD6E8FEB86659FD93;
        return (uint)(mixed >> 32);
    }

    private struct Shard
    {
        public int[]? Slots;
        public int Count;
    }
}
