using System.Collections.Concurrent;
using OrleansMail.Contracts.Messages;
using OrleansMail.Contracts.Storage;

namespace OrleansMail.Server.Tests.Gateway;

/// <summary>Payload objects in memory.</summary>
internal sealed class FakePayloadStore : IPayloadStore
{
    public ConcurrentDictionary<string, byte[]> Objects { get; } = new();

    public Exception? Failure { get; set; }

    public ValueTask<IPayloadWriter> CreateAsync(PayloadObject target, CancellationToken cancellationToken) =>
        Failure is null ? new(new Writer(this, target.Path)) : throw Failure;

    public ValueTask CopyAsync(PayloadObject source, long length, PayloadObject target, CancellationToken cancellationToken)
    {
        Objects[target.Path] = Objects[source.Path];
        return ValueTask.CompletedTask;
    }

    public ValueTask DeleteAsync(PayloadObject target, CancellationToken cancellationToken)
    {
        Objects.TryRemove(target.Path, out _);
        return ValueTask.CompletedTask;
    }

    public ValueTask<Stream> OpenReadAsync(PayloadLocation location, long offset, long length, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    private sealed class Writer(FakePayloadStore store, string path) : IPayloadWriter
    {
        private readonly MemoryStream data = new();

        public string Path => path;

        public ValueTask WriteAsync(ReadOnlyMemory<byte> octets, CancellationToken cancellationToken) => data.WriteAsync(octets, cancellationToken);

        public ValueTask CommitAsync(CancellationToken cancellationToken)
        {
            store.Objects[path] = data.ToArray();
            return ValueTask.CompletedTask;
        }

        public ValueTask DisposeAsync() => data.DisposeAsync();
    }
}
