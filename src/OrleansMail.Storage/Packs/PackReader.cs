using System.Buffers.Binary;
using OrleansMail.Storage.Logs;

namespace OrleansMail.Storage.Packs;

/// <summary>Reads one pack: its trailer and sparse index are in memory, its tables come in blocks through a cache.</summary>
internal sealed class PackReader
{
    // A payload in between is cheaper to read over than a further request is.
    private const int MaxGap = 64 * 1024;
    private const int MaxRead = 4 * 1024 * 1024;
    private const int BlockRows = 64;
    private const int BlockSize = BlockRows * PackEntry.RowSize;
    private const int MaxBlocks = 256;
    private const int TailSize = 8 * 1024;
    private readonly IObjectStore store;
    private readonly string path;
    private readonly PackBlockCache cache;
    private readonly Ulid[] sparse;

    private PackReader(IObjectStore store, string path, PackBlockCache cache, PackTrailer trailer, Ulid[] sparse) =>
        (this.store, this.path, this.cache, Trailer, this.sparse) = (store, path, cache, trailer, sparse);

    /// <summary>What the pack says of itself.</summary>
    public PackTrailer Trailer { get; }

    /// <summary>Octets of memory that it takes.</summary>
    public int Memory => 512 + (sparse.Length * 16);

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
        var tail = await ReadExactlyAsync(store, path, Math.Max(0, length - TailSize), (int)Math.Min(length, TailSize), cancellationToken);
        if (tail.Length < PackTrailer.Size)
            throw new PackDamagedException($"'{path}' is too short for a pack.");
        var trailer = PackTrailer.Read(tail.AsSpan(tail.Length - PackTrailer.Size), length, path);
        var octets = trailer.SparseSize + PackTrailer.Size <= tail.Length
            ? tail.AsMemory(tail.Length - PackTrailer.Size - trailer.SparseSize, trailer.SparseSize)
            : await ReadExactlyAsync(store, path, trailer.SparseAt, trailer.SparseSize, cancellationToken);
        return new PackReader(store, path, cache, trailer, Sparse(octets.Span, trailer, path));
    }

    /// <summary>Entries by their indexes.</summary>
    /// <exception cref="PackDamagedException">One fails its check.</exception>
    public async ValueTask<PackEntry[]> ReadEntriesAsync(uint first, uint count, CancellationToken cancellationToken)
    {
        if (count > Trailer.Entries || first > Trailer.Entries - count)
            throw new PackDamagedException($"'{path}' has no entries {first} to {first + count}.");
        var entries = new PackEntry[count];
        for (var done = 0u; done < count;)
        {
            var block = (first + done) / BlockRows;
            var rows = cache.Find<byte[]>(path, EntryBlockAt(block)) ?? await ReadBlocksAsync(block, (first + count - 1) / BlockRows, cancellationToken);
            done += ReadRows(rows, block * BlockRows, first + done, entries.AsSpan((int)done));
        }

        return entries;
    }

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
        var octets = await ReadExactlyAsync(store, path, Trailer.DirectoryAt, checked((int)Trailer.Mailboxes * PackMailbox.RowSize), cancellationToken);
        var mailboxes = new PackMailbox[Trailer.Mailboxes];
        for (var i = 0; i < mailboxes.Length; i++)
            mailboxes[i] = PackMailbox.Read(octets.AsSpan(i * PackMailbox.RowSize, PackMailbox.RowSize), (uint)i, Trailer.Nonce);
        return mailboxes;
    }

    /// <summary>Header and metadata of entries, neighbours in one read; null where they fail their check.</summary>
    public async ValueTask<Memory<byte>?[]> ReadMetadataAsync(IReadOnlyList<PackEntry> entries, CancellationToken cancellationToken)
    {
        var records = new Memory<byte>?[entries.Count];
        for (var from = 0; from < entries.Count;)
        {
            var to = EndOfRun(entries, from);
            var start = entries[from].MetadataOffset;
            var length = (int)(entries[to - 1].MetadataOffset + entries[to - 1].MetadataLength - start);
            var octets = await ReadAsync(store, path, start, length, cancellationToken);
            for (var i = from; i < to; i++)
            {
                var (offset, size) = ((int)(entries[i].MetadataOffset - start), entries[i].MetadataLength);
                if (offset + size > octets.Length)
                    continue;
                var record = octets.AsMemory(offset, size);
                if (LogRecordHeader.TryRead(record.Span, out var header) && header.PayloadOffset == record.Length && header.MetadataIsSound(record.Span, Trailer.Nonce))
                    records[i] = record;
            }

            from = to;
        }

        return records;
    }

    /// <summary>A payload as it is stored.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> ReadStoredAsync(PackEntry entry, CancellationToken cancellationToken) =>
        entry.IsObject ? default : await ReadExactlyAsync(store, path, entry.PayloadOffset, entry.StoredLength, cancellationToken);

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

    private static int EndOfRun(IReadOnlyList<PackEntry> entries, int from)
    {
        var start = entries[from].MetadataOffset;
        var (last, end) = (start, start + entries[from].MetadataLength);
        var to = from + 1;
        for (; to < entries.Count; to++)
        {
            var (at, length) = (entries[to].MetadataOffset, entries[to].MetadataLength);
            var isSame = at == last; // a record that several mailboxes have
            if ((!isSame && at < end) || at - end > MaxGap || at + length - start > MaxRead)
                break;
            (last, end) = (at, at + length);
        }

        return to;
    }

    private long EntryBlockAt(uint block) => Trailer.EntriesAt + ((long)block * BlockRows * PackEntry.RowSize);

    // Neighbouring blocks come in one read. They are held as they are: a row is checked when it is wanted, whether it was just read or not.
    private async ValueTask<byte[]> ReadBlocksAsync(uint from, uint to, CancellationToken cancellationToken)
    {
        to = Math.Min(to, from + MaxBlocks - 1);
        var count = (int)(Math.Min(Trailer.Entries, (to + 1) * BlockRows) - (from * BlockRows));
        var octets = await ReadExactlyAsync(store, path, EntryBlockAt(from), count * PackEntry.RowSize, cancellationToken);
        for (var block = from; block <= to; block++)
        {
            var offset = (int)(block - from) * BlockSize;
            var rows = from == to ? octets : octets.AsSpan(offset, Math.Min(BlockSize, octets.Length - offset)).ToArray();
            cache.Hold(path, EntryBlockAt(block), rows, rows.Length);
        }

        return octets;
    }

    private uint ReadRows(byte[] rows, uint firstOfRows, uint wanted, Span<PackEntry> entries)
    {
        var skipped = wanted - firstOfRows;
        var count = Math.Min((uint)entries.Length, ((uint)rows.Length / PackEntry.RowSize) - skipped);
        for (var i = 0u; i < count; i++)
            entries[(int)i] = PackEntry.Read(rows.AsSpan((int)(skipped + i) * PackEntry.RowSize, PackEntry.RowSize), wanted + i, Trailer.Nonce);
        return count;
    }

    private async ValueTask<PackId[]> IdBlockAsync(uint block, CancellationToken cancellationToken)
    {
        var position = Trailer.IdsAt + ((long)block * PackId.BlockRows * PackId.RowSize);
        if (cache.Find<PackId[]>(path, position) is { } held)
            return held;
        var rows = new PackId[Math.Min(PackId.BlockRows, Trailer.Entries - (block * PackId.BlockRows))];
        var octets = await ReadExactlyAsync(store, path, position, rows.Length * PackId.RowSize, cancellationToken);
        for (var i = 0; i < rows.Length; i++)
            rows[i] = PackId.Read(octets.AsSpan(i * PackId.RowSize, PackId.RowSize), (block * PackId.BlockRows) + (uint)i, Trailer.Nonce);
        cache.Hold(path, position, rows, rows.Length * 24L);
        return rows;
    }

    private static async ValueTask<byte[]> ReadExactlyAsync(IObjectStore store, string path, long offset, int length, CancellationToken cancellationToken)
    {
        var octets = await ReadAsync(store, path, offset, length, cancellationToken);
        return octets.Length == length ? octets : throw new PackDamagedException($"'{path}' is shorter than it says.");
    }

    // A damaged row may ask for more than the file has: only as much is taken as there is.
    private static async ValueTask<byte[]> ReadAsync(IObjectStore store, string path, long offset, int length, CancellationToken cancellationToken)
    {
        var octets = GC.AllocateUninitializedArray<byte>(length);
        await using var stream = await store.OpenReadAsync(path, offset, length, cancellationToken);
        var read = await stream.ReadAtLeastAsync(octets, length, throwOnEndOfStream: false, cancellationToken);
        return read == length ? octets : octets[..read];
    }
}
