using OrleansMail.Storage;

namespace OrleansMail.Testing.Stores;

/// <summary>Streams an object into a <see cref="MemoryObjectStore"/>.</summary>
internal sealed class MemoryObjectWriter(MemoryObjectStore store, string path) : IObjectWriter
{
    private readonly MemoryStream content = new();

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        await store.Faults.WriteAsync("write", data.Length, cancellationToken);
        content.Write(data.Span);
    }

    public async ValueTask CommitAsync(CancellationToken cancellationToken)
    {
        await store.Faults.WriteAsync("commit", content.Length, cancellationToken);
        store.Create(path, content.ToArray(), isLog: false);
    }

    public ValueTask DisposeAsync() => content.DisposeAsync();
}
