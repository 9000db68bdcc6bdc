namespace OrleansMail.Contracts.Messages;

/// <summary>
/// What is stored of a message: our trace lines followed by the octets received (<c>raw</c>), either inline or as an object that is
/// already durable.
/// </summary>
/// <param name="Size">Octets of raw.</param>
/// <param name="TraceLength">Octets of raw that are ours: trace lines, and an empty line where the content has no header. The octets received begin there.</param>
/// <param name="Sha256">SHA-256 of raw, 32 octets.</param>
/// <param name="ContentSha256">SHA-256 of the content as received, 32 octets.</param>
/// <param name="RepeatSha256">SHA-256 of the content below its top block of trace fields, 32 octets: what a retry has in common with the first try (RFC 1047).</param>
/// <param name="Inline">Raw itself, up to <see cref="MaxInline"/> octets; empty when <paramref name="ObjectPath"/> names an object.</param>
/// <param name="ObjectPath">The object that holds raw; null when inline.</param>
[GenerateSerializer, Immutable, Alias("orleansmail.payload")]
public sealed record Payload(
    [property: Id(0)] long Size,
    [property: Id(1)] int TraceLength,
    [property: Id(2)] ReadOnlyMemory<byte> Sha256,
    [property: Id(3)] ReadOnlyMemory<byte> ContentSha256,
    [property: Id(4)] ReadOnlyMemory<byte> RepeatSha256,
    [property: Id(5)] ReadOnlyMemory<byte> Inline,
    [property: Id(6)] string? ObjectPath)
{
    /// <summary>Largest payload that travels and is stored inside its log record, in octets; a larger one is streamed to an object.</summary>
    public const int MaxInline = 256 * 1024;
}
