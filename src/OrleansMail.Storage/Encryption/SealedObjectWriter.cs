using System.Security.Cryptography;

namespace OrleansMail.Storage.Encryption;

/// <summary>Seals an object while it is written (<see cref="SealedObjectFormat"/>), with one chunk in memory. Owns the writer below.</summary>
internal sealed class SealedObjectWriter : IObjectWriter
{
    private readonly IObjectWriter target;
    private readonly byte[] associated;
    private readonly byte[] header;
    private readonly AesGcm cipher;
    private readonly byte[] plain = new byte[SealedObjectFormat.ChunkSize];
    private readonly byte[] chunk = new byte[SealedObjectFormat.SealedChunkSize];
    private int filled;
    private long number;
    private bool begun;

    /// <summary>Begins an object under the tenant's current version; the keys may be disposed afterwards.</summary>
    /// <param name="target">Where it goes.</param>
    /// <param name="keys">The tenant's.</param>
    /// <param name="associated">What it belongs to: it opens with the same octets only.</param>
    public SealedObjectWriter(IObjectWriter target, TenantDataKeys keys, ReadOnlySpan<byte> associated)
    {
        this.target = target;
        this.associated = associated.ToArray();
        header = SealedObjectFormat.NewHeader(keys.Current);
        cipher = SealedObjectFormat.CreateCipher(keys, header);
    }

    /// <inheritdoc/>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        while (!data.IsEmpty)
        {
            // A full chunk waits for the next octet: only then is it known not to be the last.
            if (filled == plain.Length)
                await SealAsync(last: false, cancellationToken);
            var taken = Math.Min(data.Length, plain.Length - filled);
            data.Span[..taken].CopyTo(plain.AsSpan(filled));
            filled += taken;
            data = data[taken..];
        }
    }

    /// <inheritdoc/>
    public async ValueTask CommitAsync(CancellationToken cancellationToken)
    {
        await SealAsync(last: true, cancellationToken);
        await target.CommitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        cipher.Dispose();
        CryptographicOperations.ZeroMemory(plain);
        await target.DisposeAsync();
    }

    private async ValueTask SealAsync(bool last, CancellationToken cancellationToken)
    {
        if (!begun)
            await target.WriteAsync(header, cancellationToken);
        begun = true;
        var octets = filled + ExtendedGcm.TagSize;
        SealedObjectFormat.SealChunk(cipher, number++, last, plain.AsSpan(0, filled), associated, chunk.AsSpan(0, octets));
        filled = 0;
        await target.WriteAsync(chunk.AsMemory(0, octets), cancellationToken);
    }
}
