using System.Buffers;

namespace OrleansMail.Storage.Packs;

/// <summary>The entries of a pack, which come in blocks through a cache. These are held as they lie: a row is checked each time that it is wanted.</summary>
/// <param name="octets">The pack's.</param>
/// <param name="trailer">What it says of itself.</param>
/// <param name="cache">Holds what is read.</param>
internal sealed class PackEntryTable(PackOctets octets, PackTrailer trailer, PackBlockCache cache)
{
    private const int BlockRows = 64;
    private const int BlockSize = BlockRows * PackEntry.RowSize;
    private const int MaxBlocks = 256;

    /// <summary>Entries by their indexes.</summary>
    /// <exception cref="PackDamagedException">One fails its check.</exception>
    public async ValueTask<PackEntry[]> ReadAsync(uint first, uint count, CancellationToken cancellationToken)
    {
        if (count > trailer.Entries || first > trailer.Entries - count)
            throw new PackDamagedException($"'{octets.Path}' has no entries {first} to {first + count}.");
        var entries = new PackEntry[count];
        for (var done = 0u; done < count;)
        {
            var block = (first + done) / BlockRows;
            done += cache.Find<byte[]>(octets.Path, PositionOf(block)) is { } rows
                ? Parse(rows, block * BlockRows, first + done, entries.AsSpan((int)done))
                : await ReadBlocksAsync(block, first + done, entries.AsMemory((int)done), cancellationToken);
        }

        return entries;
    }

    private long PositionOf(uint block) => trailer.EntriesAt + ((long)block * BlockSize);

    // Neighbouring blocks come in one read.
    private async ValueTask<uint> ReadBlocksAsync(uint block, uint first, Memory<PackEntry> entries, CancellationToken cancellationToken)
    {
        var blocks = Math.Min(((first + (uint)entries.Length - 1) / BlockRows) - block + 1, MaxBlocks);
        var size = (int)Math.Min(trailer.Entries - (block * BlockRows), blocks * BlockRows) * PackEntry.RowSize;
        var buffer = ArrayPool<byte>.Shared.Rent(size);
        try
        {
            await octets.ReadExactlyAsync(PositionOf(block), buffer.AsMemory(0, size), cancellationToken);
            for (var at = 0; at < size; at += BlockSize)
            {
                var rows = GC.AllocateUninitializedArray<byte>(Math.Min(BlockSize, size - at));
                buffer.AsSpan(at, rows.Length).CopyTo(rows);
                cache.Hold(octets.Path, PositionOf(block) + at, rows, rows.Length);
            }

            return Parse(buffer.AsSpan(0, size), block * BlockRows, first, entries.Span);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // As many of the wanted entries as are among some rows.
    private uint Parse(ReadOnlySpan<byte> rows, uint firstOfRows, uint first, Span<PackEntry> entries)
    {
        rows = rows[((int)(first - firstOfRows) * PackEntry.RowSize)..];
        var count = Math.Min(entries.Length, rows.Length / PackEntry.RowSize);
        for (var i = 0; i < count; i++)
            entries[i] = PackEntry.Read(rows.Slice(i * PackEntry.RowSize, PackEntry.RowSize), first + (uint)i, trailer.Nonce);
        return (uint)count;
    }
}
