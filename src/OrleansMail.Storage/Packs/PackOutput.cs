using System.Buffers;
using OrleansMail.Storage.Logs;

namespace OrleansMail.Storage.Packs;

/// <summary>Gathers what a pack is written of into steps that a store likes.</summary>
internal sealed class PackOutput(IObjectWriter writer) : IDisposable
{
    private const int Step = 256 * 1024;
    private static readonly byte[] Padding = new byte[LogRecordHeader.Alignment];
    private readonly byte[] buffer = ArrayPool<byte>.Shared.Rent(Step);
    private int count;

    /// <summary>Where the next octet goes.</summary>
    public long Position { get; private set; }

    /// <summary>Appends.</summary>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> octets, CancellationToken cancellationToken)
    {
        Position += octets.Length;
        if (octets.Length > Step)
        {
            await FlushAsync(cancellationToken);
            await writer.WriteAsync(octets, cancellationToken);
            return;
        }

        if (count + octets.Length > Step)
            await FlushAsync(cancellationToken);
        octets.CopyTo(buffer.AsMemory(count));
        count += octets.Length;
    }

    /// <summary>Fills up to the next multiple of 8.</summary>
    public ValueTask AlignAsync(CancellationToken cancellationToken) =>
        WriteAsync(Padding.AsMemory(0, (int)(-Position & (LogRecordHeader.Alignment - 1))), cancellationToken);

    /// <summary>Hands over what was gathered.</summary>
    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        if (count > 0)
            await writer.WriteAsync(buffer.AsMemory(0, count), cancellationToken);
        count = 0;
    }

    /// <inheritdoc/>
    public void Dispose() => ArrayPool<byte>.Shared.Return(buffer);
}
