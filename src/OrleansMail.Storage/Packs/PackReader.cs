using System.Buffers.Binary;
using OrleansMail.Storage.Logs;

namespace OrleansMail.Storage.Packs;

/// <summary>Reads one pack: its trailer and sparse index are in memory, its tables come in blocks through a cache.</summary>
internal sealed class PackReader
{
    // A payload in between is cheaper to read over than a further request is.
    private const int MaxGap = 64 * 1024;
    private const int MaxRead = 4 * 1024 * 1024;
    private const int TailSize = 8 * 1024;
    private readonly PackOctets octets;
    private readonly PackEntryTable entries;
    private readonly PackBlockCache cache;
    private readonly Ulid[] sparse;

    private PackReader(PackOctets octets, PackBlockCache cache, PackTrailer trailer, Ulid[] sparse)
    {
        (this.octets, this.cache, Trailer, this.sparse) = (octets, cache, trailer, sparse);
        entries = new PackEntryTable(octets, trailer, cache);
    }

    /// <summary>What the pack says of itself.</summary>
    public PackTrailer Trailer { get; }

    /// <summary>Octets of memory that it takes.</summary>
    public int Memory => 640 + (sparse.Length * 16);

    /// <summary>Opens a pack by one read of its end.</summary>
    /// <param name="store">The store.</param>
    /// <param name="path">Its path.</param>
    /// <param name="length">Its length.</param>
    /// <param name="cache">Holds what is read.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="FileNotFoundException">It is gone.</exception>
    /// <exception cref="PackDamagedException">It fails its check.</exception>
    public static async ValueTask<PackReader> OpenAsync(IObjectStore store, string path, long length, PackBlockCache cache, CancellationToken cancellationToken)
    {
        var octets = new PackOctets(store, path);
        var tail = await octets.ReadExactlyAsync(Math.Max(0, length - TailSize), (int)Math.Min(length, TailSize), cancellationToken);
        if (tail.Length < PackTrailer.Size)
            throw new PackDamagedException($"'{path}' is too short for a pack.");
        var trailer = PackTrailer.Read(tail.AsSpan(tail.Length - PackTrailer.Size), length, path);
        var sparse = trailer.SparseSize + PackTrailer.Size <= tail.Length
            ? tail.AsMemory(tail.Length - PackTrailer.Size - trailer.SparseSize, trailer.SparseSize)
            : await octets.ReadExactlyAsync(trailer.SparseAt, trailer.SparseSize, cancellationToken);
        return new PackReader(octets, cache, trailer, Sparse(sparse.Span, trailer, path));
    }

    /// <summary>Entries by their indexes.</summary>
    /// <exception cref="PackDamagedException">One fails its check.</exception>
    public ValueTask<PackEntry[]> ReadEntriesAsync(uint first, uint count, CancellationToken cancellationToken) => entries.ReadAsync(first, count, cancellationToken);

    /// <summary>The entries of a record.</summary>
    public async ValueTask<IReadOnlyList<PackEntry>> FindIdAsync(Ulid id, CancellationToken cancellationToken)
    {
        var found = new List<PackEntry>();
        var block = Array.BinarySearch(sparse, id);
        block = Math.Max(0, block >= 0 ? block - 1 : ~block - 1); // one may begin in the block before
        for (; block < sparse.Length && sparse[block].CompareTo(id) <= 0; block++)
        {
            foreach (var row in await IdBlockAsync((uint)block, cancellationToken))
            {
                if (row.Id == id)
                    found.AddRange(await ReadEntriesAsync(row.Entry, 1, cancellationToken));
            }
        }

        return found;
    }

    /// <summary>The whole directory.</summary>
    public async ValueTask<IReadOnlyList<PackMailbox>> ReadDirectoryAsync(CancellationToken cancellationToken)
    {
        var rows = await octets.ReadExactlyAsync(Trailer.DirectoryAt, checked((int)Trailer.Mailboxes * PackMailbox.RowSize), cancellationToken);
        var mailboxes = new PackMailbox[Trailer.Mailboxes];
        for (var i = 0; i < mailboxes.Length; i++)
            mailboxes[i] = PackMailbox.Read(rows.AsSpan(i * PackMailbox.RowSize, PackMailbox.RowSize), (uint)i, Trailer.Nonce);
        return mailboxes;
    }

    /// <summary>Header and metadata of entries, neighbours in one read; null where they fail their check.</summary>
    public async ValueTask<Memory<byte>?[]> ReadMetadataAsync(IReadOnlyList<PackEntry> entries, CancellationToken cancellationToken)
    {
        var records = new Memory<byte>?[entries.Count];
        var places = PlacesOf(entries);
        for (var from = 0; from < places.Length;)
        {
            var (to, start, length) = RunFrom(places, from);
            var buffer = GC.AllocateUninitializedArray<byte>(length);
            var read = await octets.ReadAsync(start, buffer, cancellationToken);
            for (; from < to; from++)
            {
                var (offset, size) = ((int)(places[from].At - start), places[from].Length);
                if (offset + size <= read && IsSound(buffer.AsSpan(offset, size)))
                    records[places[from].Index] = buffer.AsMemory(offset, size);
            }
        }

        return records;
    }

    /// <summary>Payloads as they are stored, and what lies between them.</summary>
    /// <exception cref="PackDamagedException">The pack ends before.</exception>
    public ValueTask ReadPayloadsAsync(long offset, Memory<byte> buffer, CancellationToken cancellationToken) => octets.ReadExactlyAsync(offset, buffer, cancellationToken);

    private static Ulid[] Sparse(ReadOnlySpan<byte> octets, PackTrailer trailer, string path)
    {
        var length = trailer.SparseCount * 16;
        if (LogChecksum.Of(trailer.Nonce, octets[..length]) != BinaryPrimitives.ReadUInt32LittleEndian(octets[length..]))
            throw new PackDamagedException($"The index of ids of '{path}' fails its check.");
        var ids = new Ulid[trailer.SparseCount];
        for (var i = 0; i < ids.Length; i++)
            ids[i] = new Ulid(octets.Slice(i * 16, 16));
        return ids;
    }

    // In the order in which they lie: a record that several mailboxes have lies with the first of them.
    private static Place[] PlacesOf(IReadOnlyList<PackEntry> entries)
    {
        var places = new Place[entries.Count];
        var isOrdered = true;
        for (var i = 0; i < places.Length; i++)
        {
            var entry = entries[i];
            places[i] = new Place(entry.MetadataOffset, entry.MetadataLength, i);
            isOrdered &= i == 0 || places[i - 1].At <= places[i].At;
        }

        if (!isOrdered)
            Array.Sort(places, static (a, b) => a.At.CompareTo(b.At));
        return places;
    }

    // Those whose metadata come in one read.
    private static (int To, long Start, int Length) RunFrom(Place[] places, int from)
    {
        var (start, end) = (places[from].At, places[from].At + places[from].Length);
        var to = from + 1;
        for (; to < places.Length; to++)
        {
            var (at, length, _) = places[to];
            var isSame = at == places[to - 1].At; // a record that several mailboxes have
            if ((!isSame && at < end) || at - end > MaxGap || at + length - start > MaxRead)
                break;
            end = Math.Max(end, at + length);
        }

        return (to, start, (int)(end - start));
    }

    private bool IsSound(ReadOnlySpan<byte> record) =>
        LogRecordHeader.TryRead(record, out var header) && header.PayloadOffset == record.Length && header.MetadataIsSound(record, Trailer.Nonce);

    private async ValueTask<PackId[]> IdBlockAsync(uint block, CancellationToken cancellationToken)
    {
        var position = Trailer.IdsAt + ((long)block * PackId.BlockRows * PackId.RowSize);
        if (cache.Find<PackId[]>(octets.Path, position) is { } held)
            return held;
        var ids = new PackId[Math.Min(PackId.BlockRows, Trailer.Entries - (block * PackId.BlockRows))];
        var rows = await octets.ReadExactlyAsync(position, ids.Length * PackId.RowSize, cancellationToken);
        for (var i = 0; i < ids.Length; i++)
            ids[i] = PackId.Read(rows.AsSpan(i * PackId.RowSize, PackId.RowSize), (block * PackId.BlockRows) + (uint)i, Trailer.Nonce);
        cache.Hold(octets.Path, position, ids, ids.Length * 24L);
        return ids;
    }

    private readonly record struct Place(long At, int Length, int Index);
}
