using System.Security.Cryptography;
using OrleansMail.Contracts.Storage;
using OrleansMail.Storage.Objects;

namespace OrleansMail.Storage.Encryption;

/// <summary>Reads a range of a sealed object's content, forward only, from the chunks that it touches; one chunk is in memory.</summary>
internal sealed class SealedObjectStream : ForwardStream
{
    private readonly Stream source;
    private readonly AesGcm cipher;
    private readonly byte[] associated;
    private readonly long plainLength;
    private readonly byte[] chunk = new byte[SealedObjectFormat.SealedChunkSize];
    private readonly byte[] plain = new byte[SealedObjectFormat.ChunkSize];
    private Memory<byte> ready;
    private long number;
    private int skip;
    private long left;

    private SealedObjectStream(Stream source, AesGcm cipher, byte[] associated, long offset, long length, long plainLength)
    {
        this.source = source;
        this.cipher = cipher;
        this.associated = associated;
        this.plainLength = plainLength;
        number = offset / SealedObjectFormat.ChunkSize;
        skip = (int)(offset % SealedObjectFormat.ChunkSize);
        left = length;
    }

    /// <summary>Opens a range.</summary>
    /// <param name="store">Where the object is.</param>
    /// <param name="path">Its path.</param>
    /// <param name="plainLength">Octets of the whole content, from the record: another length is damage.</param>
    /// <param name="offset">Where the range begins in the content.</param>
    /// <param name="length">Its octets; beyond the end of the content there are none.</param>
    /// <param name="keys">The tenant's; may be disposed afterwards.</param>
    /// <param name="associated">As it was written.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="PayloadDamagedException">The header is none; thrown by reads for chunks.</exception>
    /// <exception cref="TenantKeyUnavailableException">The version is not known here, or the keys are gone.</exception>
    /// <exception cref="FileNotFoundException">It does not exist.</exception>
    public static async ValueTask<Stream> OpenAsync(
        IObjectStore store, string path, long plainLength, long offset, long length, TenantDataKeys keys, ReadOnlyMemory<byte> associated, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        length = Math.Clamp(plainLength - offset, 0, length);
        var header = new byte[SealedObjectFormat.HeaderSize];
        await using (var front = await store.OpenReadAsync(path, 0, header.Length, cancellationToken))
        {
            if (await front.ReadAtLeastAsync(header, header.Length, throwOnEndOfStream: false, cancellationToken) < header.Length)
                throw new PayloadDamagedException("A sealed object is shorter than its header.");
        }

        var cipher = SealedObjectFormat.CreateCipher(keys, header);
        var first = offset / SealedObjectFormat.ChunkSize;
        var end = SealedObjectFormat.HeaderSize + (((offset + length - 1) / SealedObjectFormat.ChunkSize + 1) * SealedObjectFormat.SealedChunkSize);
        var from = SealedObjectFormat.HeaderSize + (first * SealedObjectFormat.SealedChunkSize);
        var to = Math.Min(end, SealedObjectFormat.SealedLength(plainLength));
        try
        {
            var source = length == 0 ? Stream.Null : await store.OpenReadAsync(path, from, to - from, cancellationToken);
            return new SealedObjectStream(source, cipher, associated.ToArray(), offset, length, plainLength);
        }
        catch
        {
            cipher.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (left == 0 || buffer.IsEmpty)
            return 0;
        if (ready.IsEmpty)
            await OpenChunkAsync(cancellationToken);
        var taken = (int)Math.Min(Math.Min(buffer.Length, ready.Length), left);
        ready[..taken].CopyTo(buffer);
        ready = ready[taken..];
        left -= taken;
        return taken;
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await source.DisposeAsync();
        await base.DisposeAsync();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            source.Dispose();
            cipher.Dispose();
            CryptographicOperations.ZeroMemory(plain);
        }

        base.Dispose(disposing);
    }

    private async ValueTask OpenChunkAsync(CancellationToken cancellationToken)
    {
        var last = number == SealedObjectFormat.ChunkCount(plainLength) - 1;
        var octets = last ? (int)(plainLength - (number * SealedObjectFormat.ChunkSize)) : SealedObjectFormat.ChunkSize;
        var stored = chunk.AsMemory(0, octets + ExtendedGcm.TagSize);
        if (await source.ReadAtLeastAsync(stored, stored.Length, throwOnEndOfStream: false, cancellationToken) < stored.Length)
            throw new PayloadDamagedException("A sealed object ends before its content.");
        SealedObjectFormat.OpenChunk(cipher, number++, last, stored.Span, associated, plain.AsSpan(0, octets));
        ready = plain.AsMemory(skip, octets - skip);
        skip = 0;
    }
}
