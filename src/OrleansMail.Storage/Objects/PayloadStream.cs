using OrleansMail.Contracts.Storage;

namespace OrleansMail.Storage.Objects;

/// <summary>A range of a payload. It never ends early without saying so: a shortened object is damage, not a short message.</summary>
internal sealed class PayloadStream(string path, Stream source, long length) : WrappingStream(source)
{
    private long remaining = length;

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var wanted = (int)Math.Min(buffer.Length, remaining);
        if (wanted == 0)
            return 0;
        var read = await Source.ReadAsync(buffer[..wanted], cancellationToken);
        if (read == 0)
            throw new PayloadDamagedException($"The payload in '{path}' ends {remaining} octets early.");
        remaining -= read;
        return read;
    }
}
