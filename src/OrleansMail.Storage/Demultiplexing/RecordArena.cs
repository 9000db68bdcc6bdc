using System.Buffers;

namespace OrleansMail.Storage.Demultiplexing;

/// <summary>Memory for records that are gathered for packs, in large pieces that are used again.</summary>
internal sealed class RecordArena : IDisposable
{
    private const int Piece = 1024 * 1024;
    private readonly List<byte[]> pieces = [];
    private int used = Piece;

    /// <summary>Octets handed out.</summary>
    public long Length { get; private set; }

    /// <summary>A copy of some octets, valid until disposal.</summary>
    public Memory<byte> Copy(ReadOnlySpan<byte> octets)
    {
        Length += octets.Length;
        if (octets.Length > Piece)
            return octets.ToArray();
        if (used + octets.Length > Piece)
        {
            pieces.Add(ArrayPool<byte>.Shared.Rent(Piece));
            used = 0;
        }

        var copy = pieces[^1].AsMemory(used, octets.Length);
        octets.CopyTo(copy.Span);
        used += octets.Length;
        return copy;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var piece in pieces)
            ArrayPool<byte>.Shared.Return(piece);
        pieces.Clear();
        used = Piece;
    }
}
