using System.Security.Cryptography;

namespace OrleansMail.Server.Gateway.Payloads;

/// <summary>The three hashes of a payload, made while it passes.</summary>
internal sealed class ContentDigest : IDisposable
{
    private readonly IncrementalHash raw = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly IncrementalHash content = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly TraceBlock trace = new();
    private IncrementalHash? repeat;

    /// <summary>Our trace lines, before any content.</summary>
    public void AppendTrace(ReadOnlySpan<byte> data) => raw.AppendData(data);

    /// <summary>The next octets of the content.</summary>
    public void AppendContent(ReadOnlySpan<byte> data)
    {
        raw.AppendData(data);
        content.AppendData(data);
        if (!trace.IsOver)
            data = data[trace.Skip(data)..];
        if (!trace.IsOver || !trace.HasFields)
            return; // nothing above it: the content's own hash serves
        if (repeat is null)
        {
            repeat = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            repeat.AppendData(trace.Pending);
        }

        repeat.AppendData(data);
    }

    /// <summary>The hashes; nothing may be appended after it.</summary>
    public ContentHashes Finish()
    {
        var contentHash = content.GetHashAndReset();
        return new(raw.GetHashAndReset(), contentHash, FinishRepeat(contentHash));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        raw.Dispose();
        content.Dispose();
        repeat?.Dispose();
    }

    private byte[] FinishRepeat(byte[] contentHash)
    {
        if (repeat is not null)
            return repeat.GetHashAndReset();
        return trace.HasFields ? SHA256.HashData(trace.Pending) : contentHash;
    }
}

/// <summary>The hashes of a payload, 32 octets each.</summary>
internal sealed record ContentHashes(byte[] Raw, byte[] Content, byte[] Repeat);
