using Microsoft.Extensions.Caching.Memory;

namespace OrleansMail.Storage.Packs;

/// <summary>
/// Parts of packs in memory, up to a bound of octets, for all partitions of a process. A pack never changes and its name is never used again, so nothing in it is
/// ever outdated.
/// </summary>
/// <param name="capacity">Octets held at most.</param>
public sealed class PackBlockCache(long capacity) : IDisposable
{
    private readonly MemoryCache cache = new(new MemoryCacheOptions { SizeLimit = capacity });

    /// <summary>What is held under a key; null when it is not.</summary>
    internal T? Find<T>(string path, long position) where T : class => cache.TryGetValue((path, position), out T? found) ? found : null;

    /// <summary>Holds something for a while.</summary>
    /// <param name="path">The pack's path.</param>
    /// <param name="position">Tells parts of a pack apart.</param>
    /// <param name="part">What is held.</param>
    /// <param name="octets">How much memory it takes.</param>
    internal void Hold<T>(string path, long position, T part, long octets) where T : class =>
        cache.Set((path, position), part, new MemoryCacheEntryOptions { Size = octets + 256 });

    /// <inheritdoc/>
    public void Dispose() => cache.Dispose();
}
