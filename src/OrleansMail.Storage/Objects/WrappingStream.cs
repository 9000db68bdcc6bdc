namespace OrleansMail.Storage.Objects;

/// <summary>Reads another stream, which it owns.</summary>
internal abstract class WrappingStream(Stream source) : ForwardStream
{
    /// <summary>What is read.</summary>
    protected Stream Source => source;

    /// <inheritdoc/>
    public sealed override async ValueTask DisposeAsync()
    {
        await source.DisposeAsync();
        await base.DisposeAsync();
    }

    /// <inheritdoc/>
    protected sealed override void Dispose(bool disposing)
    {
        if (disposing)
            source.Dispose();
        base.Dispose(disposing);
    }
}
