using System.Security.Cryptography;

namespace OrleansMail.Server.Gateway.Payloads;

/// <summary>The three hashes of a payload, made while it passes. Used for one payload after another: a hash's native state is dear to make.</summary>
internal sealed class ContentDigest : IDisposable
{
    private readonly IncrementalHash raw = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly IncrementalHash content = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly TraceBlock trace = new();
    private IncrementalHash? repeat;
    private bool repeats; // whether the repeat hash differs from the content's

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
        if (!repeats)
            BeginRepeat();
        repeat!.AppendData(data);
    }

    /// <summary>The hashes; <see cref="Reset"/> comes before the next payload.</summary>
    public ContentHashes Finish()
    {
        var hashes = new byte[3 * SHA256.HashSizeInBytes];
        var result = new ContentHashes(hashes.AsMemory(0, 32), hashes.AsMemory(32, 32), hashes.AsMemory(64, 32));
        if (trace.HasFields && !repeats)
            BeginRepeat();
        raw.GetHashAndReset(hashes);
        content.GetHashAndReset(hashes.AsSpan(32));
        if (repeats)
            repeat!.GetHashAndReset(hashes.AsSpan(64));
        else
            result.Content.CopyTo(hashes.AsMemory(64));
        repeats = false;
        return result;
    }

    /// <summary>Forgets what was appended.</summary>
    public void Reset()
    {
        Span<byte> unused = stackalloc byte[SHA256.HashSizeInBytes];
        raw.GetHashAndReset(unused);
        content.GetHashAndReset(unused);
        repeat?.GetHashAndReset(unused);
        repeats = false;
        trace.Reset();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        raw.Dispose();
        content.Dispose();
        repeat?.Dispose();
    }

    private void BeginRepeat()
    {
        repeats = true;
        repeat ??= IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        repeat.AppendData(trace.Pending);
    }
}

/// <summary>The hashes of a payload, 32 octets each.</summary>
/// <param name="Raw">Of trace lines and content.</param>
/// <param name="Content">Of the content.</param>
/// <param name="Repeat">Of the content below its top block of trace fields.</param>
internal readonly record struct ContentHashes(ReadOnlyMemory<byte> Raw, ReadOnlyMemory<byte> Content, ReadOnlyMemory<byte> Repeat);
