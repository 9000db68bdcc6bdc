using OrleansMail.Contracts.Storage;

namespace OrleansMail.Storage.Objects;

/// <summary>One payload object being written.</summary>
internal sealed class PayloadWriter(string path, IObjectWriter writer) : IPayloadWriter
{
    /// <inheritdoc/>
    public string Path => path;

    /// <inheritdoc/>
    public ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken) => writer.WriteAsync(data, cancellationToken);

    /// <inheritdoc/>
    public ValueTask CommitAsync(CancellationToken cancellationToken) => writer.CommitAsync(cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => writer.DisposeAsync();
}
