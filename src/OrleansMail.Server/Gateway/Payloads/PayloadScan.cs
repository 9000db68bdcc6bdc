using Microsoft.Extensions.ObjectPool;

namespace OrleansMail.Server.Gateway.Payloads;

/// <summary>What looks at a payload while it passes. Pooled, for most messages are shorter than its buffers.</summary>
internal sealed class PayloadScan : IResettable, IDisposable
{
    /// <summary>Its hashes.</summary>
    public ContentDigest Digest { get; } = new();

    /// <summary>Its header fields.</summary>
    public HeaderCollector Headers { get; } = new();

    /// <summary>Looks at the next octets of the content.</summary>
    public void Append(ReadOnlySpan<byte> content)
    {
        Digest.AppendContent(content);
        Headers.Append(content);
    }

    /// <summary>An empty line that is ours, in front of content without header lines: part of raw and of no other hash.</summary>
    public void AppendEmptyLine(ReadOnlySpan<byte> emptyLine)
    {
        Digest.AppendTrace(emptyLine);
        Headers.EndHeader();
    }

    /// <inheritdoc/>
    public bool TryReset()
    {
        Digest.Reset();
        Headers.Reset();
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => Digest.Dispose();
}
