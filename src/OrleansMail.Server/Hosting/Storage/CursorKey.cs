using System.Security.Cryptography;
using OrleansMail.Server.Api;
using OrleansMail.Storage;

namespace OrleansMail.Server.Hosting.Storage;

/// <summary>The secret of list cursors, kept in the store's value <c>keys/cursor</c> so that every silo of the store has the same.</summary>
internal sealed class CursorKey : ICursorKey
{
    private const string Path = "keys/cursor";
    private const int Length = 32;

    private CursorKey(ReadOnlyMemory<byte> key) => Key = key;

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> Key { get; }

    /// <summary>Reads the key, or makes it when the store is new.</summary>
    public static async Task<CursorKey> OpenAsync(IObjectStore store, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await store.ReadValueAsync(Path, cancellationToken) is { } stored)
                return new CursorKey(stored.Value);
            var key = RandomNumberGenerator.GetBytes(Length);
            try
            {
                await store.WriteValueAsync(Path, key, ifMatch: null, cancellationToken);
                return new CursorKey(key);
            }
            catch (StoreConflictException)
            {
                // Another silo made it first: read that one.
            }
        }
    }
}
