using System.Buffers.Binary;
using OrleansMail.Storage.Logs;
using OrleansMail.Storage.Packs;

namespace OrleansMail.Storage.Verification;

/// <summary>
/// The tables of a pack, row by row, so that one that is damaged does not hide the others. A directory of 262,144 entries takes some 25 MB.
/// </summary>
internal sealed class PackTables
{
    /// <summary>The pack's trailer.</summary>
    public required PackTrailer Trailer { get; init; }

    /// <summary>The directory; rows that fail their check are null.</summary>
    public required PackMailbox?[] Mailboxes { get; init; }

    /// <summary>The entries; rows that fail their check are null until they are made anew.</summary>
    public required PackEntry?[] Entries { get; init; }

    /// <summary>The ids; rows that fail their check are null.</summary>
    public required PackId?[] Ids { get; init; }

    /// <summary>Whether a row was mended.</summary>
    public bool IsMended { get; private init; }

    /// <summary>Whether every row is sound.</summary>
    public bool AreSound => !Mailboxes.Contains(null) && !Entries.Contains(null) && !Ids.Contains(null);

    /// <summary>Reads the tables.</summary>
    /// <param name="window">The pack.</param>
    /// <param name="trailer">Its trailer.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <param name="mend">Whether one flipped bit of a row is mended.</param>
    public static async ValueTask<PackTables> ReadAsync(LogWindow window, PackTrailer trailer, CancellationToken cancellationToken, bool mend = false)
    {
        var rows = new Rows(mend, trailer.Nonce);
        var mailboxes = new PackMailbox?[trailer.Mailboxes];
        for (var i = 0u; i < mailboxes.Length; i++)
        {
            var row = await window.GetAsync(trailer.DirectoryAt + ((long)i * PackMailbox.RowSize), PackMailbox.RowSize, cancellationToken);
            mailboxes[i] = rows.Read(row, PackMailbox.RowSize, i, PackMailbox.Read);
        }

        var entries = new PackEntry?[trailer.Entries];
        for (var i = 0u; i < entries.Length; i++)
        {
            var row = await window.GetAsync(trailer.EntriesAt + ((long)i * PackEntry.RowSize), PackEntry.RowSize, cancellationToken);
            entries[i] = rows.Read(row, PackEntry.RowSize, i, PackEntry.Read);
        }

        var ids = new PackId?[trailer.Entries];
        for (var i = 0u; i < ids.Length; i++)
        {
            var row = await window.GetAsync(trailer.IdsAt + ((long)i * PackId.RowSize), PackId.RowSize, cancellationToken);
            ids[i] = rows.Read(row, PackId.RowSize, i, PackId.Read);
        }

        return new PackTables { Trailer = trailer, Mailboxes = mailboxes, Entries = entries, Ids = ids, IsMended = rows.HasMended };
    }

    /// <summary>Whether the sparse index of ids is that of the ids.</summary>
    public async ValueTask<bool> SparseIsSoundAsync(LogWindow window, CancellationToken cancellationToken)
    {
        var sparse = await window.GetAsync(Trailer.SparseAt, Trailer.SparseSize, cancellationToken);
        var length = Trailer.SparseCount * 16;
        if (sparse.Length < Trailer.SparseSize || LogChecksum.Of(Trailer.Nonce, sparse.Span[..length]) != BinaryPrimitives.ReadUInt32LittleEndian(sparse.Span[length..]))
            return false;
        for (var i = 0; i < Trailer.SparseCount; i++)
        {
            if (Ids[i * PackId.BlockRows] is { } row && row.Id != new Ulid(sparse.Span.Slice(i * 16, 16)))
                return false;
        }

        return true;
    }

    private delegate T RowReader<T>(ReadOnlySpan<byte> row, uint index, ulong salt);

    private sealed class Rows(bool mend, ulong salt)
    {
        public bool HasMended { get; private set; }

        public T? Read<T>(ReadOnlyMemory<byte> octets, int size, uint index, RowReader<T> read) where T : struct
        {
            if (octets.Length < size)
                return null;
            try
            {
                return read(octets.Span[..size], index, salt);
            }
            catch (PackDamagedException)
            {
                return mend ? Mend(octets.Span[..size], index, read) : null;
            }
        }

        private T? Mend<T>(ReadOnlySpan<byte> octets, uint index, RowReader<T> read) where T : struct
        {
            var row = octets.ToArray();
            var content = row.AsSpan(..^sizeof(uint));
            if (!BitMender.TryMend(content, LogChecksum.Of(salt + index, content), row.AsSpan(^sizeof(uint)..)))
                return null;
            HasMended = true;
            return read(row, index, salt);
        }
    }
}
