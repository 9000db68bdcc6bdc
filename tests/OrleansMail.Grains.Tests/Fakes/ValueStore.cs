using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using OrleansMail.Contracts.Storage;
using OrleansMail.Storage;

namespace OrleansMail.Grains.Tests.Fakes;

/// <summary>The part of an object store that grains use beside grain storage: the manifest, the listing of tenants, room.</summary>
internal sealed class ValueStore(StateStore state) : IObjectStore
{
    private readonly ConcurrentDictionary<string, byte[]> values = new();

    /// <summary>Objects of tenants, and their lengths.</summary>
    public ConcurrentDictionary<string, long> Objects { get; } = new();

    public bool Away { get; set; }

    public bool Room { get; set; } = true;

    public string Description => "a test's store";

    public ValueTask<StoredValue?> ReadValueAsync(string path, CancellationToken cancellationToken)
    {
        Check();
        return new(values.TryGetValue(path, out var value) ? new StoredValue(value, "1") : null);
    }

    public ValueTask<string> WriteValueAsync(string path, ReadOnlyMemory<byte> value, string? ifMatch, CancellationToken cancellationToken)
    {
        Check();
        values[path] = value.ToArray();
        return new("1");
    }

    public async IAsyncEnumerable<StoredItem> ListAsync(string prefix, string? after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.Yield();
        if (prefix.StartsWith("t/", StringComparison.Ordinal))
            Check();
        foreach (var (path, length) in Objects.OrderBy(o => o.Key, StringComparer.Ordinal).Where(o => o.Key.StartsWith(prefix, StringComparison.Ordinal)))
            yield return new(path, length, default);
        foreach (var path in state.Paths.Where(p => p.StartsWith(prefix, StringComparison.Ordinal) && string.CompareOrdinal(p, after) > 0))
            yield return new(path, 1, default);
    }

    public ValueTask<bool> HasRoomAsync(long octets, CancellationToken cancellationToken)
    {
        Check();
        return new(Room);
    }

    public ValueTask DeleteAsync(string path, string? ifMatch, CancellationToken cancellationToken)
    {
        Check();
        Objects.TryRemove(path, out _);
        return ValueTask.CompletedTask;
    }

    public ValueTask<IObjectWriter> CreateObjectAsync(string path, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask CopyObjectAsync(string source, string destination, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<Stream> OpenReadAsync(string path, long offset, long length, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<IAppendLog> CreateLogAsync(string path, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<IAppendLog> OpenLogAsync(string path, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private void Check()
    {
        if (Away)
            throw new StoreUnavailableException("The test's store is away.");
    }
}
