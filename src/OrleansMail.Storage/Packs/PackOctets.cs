namespace OrleansMail.Storage.Packs;

/// <summary>Reads ranges of a pack's file.</summary>
/// <param name="store">Where it is.</param>
/// <param name="path">Its path.</param>
internal sealed class PackOctets(IObjectStore store, string path)
{
    /// <summary>Its path.</summary>
    public string Path => path;

    /// <summary>A range.</summary>
    /// <exception cref="FileNotFoundException">The pack is gone.</exception>
    /// <exception cref="PackDamagedException">It ends before.</exception>
    public async ValueTask<byte[]> ReadExactlyAsync(long offset, int length, CancellationToken cancellationToken)
    {
        var octets = GC.AllocateUninitializedArray<byte>(length);
        await ReadExactlyAsync(offset, octets, cancellationToken);
        return octets;
    }

    /// <inheritdoc cref="ReadExactlyAsync(long, int, CancellationToken)"/>
    public async ValueTask ReadExactlyAsync(long offset, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (await ReadAsync(offset, buffer, cancellationToken) != buffer.Length)
            throw new PackDamagedException($"'{path}' is shorter than it says.");
    }

    /// <summary>As much of a range as there is: a damaged row may ask for more.</summary>
    /// <exception cref="FileNotFoundException">The pack is gone.</exception>
    public async ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        await using var stream = await store.OpenReadAsync(path, offset, buffer.Length, cancellationToken);
        return await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
    }
}
