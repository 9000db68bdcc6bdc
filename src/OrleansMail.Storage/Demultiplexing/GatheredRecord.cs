using OrleansMail.Storage.Logs;

namespace OrleansMail.Storage.Demultiplexing;

/// <summary>A record that was read from a log to go into a pack.</summary>
/// <param name="Number">Its number in the partition.</param>
/// <param name="Octets">Header and metadata.</param>
/// <param name="Payload">Its payload; empty when that is an object.</param>
/// <param name="Summary">What the metadata say.</param>
internal sealed record GatheredRecord(long Number, Memory<byte> Octets, ReadOnlyMemory<byte> Payload, MessageSummary Summary)
{
    /// <summary>Whether its payload is an object of its own.</summary>
    public bool IsObject => LogRecordHeader.TryRead(Octets.Span, out var header) && header.Type == LogRecordType.MessageReference;
}
