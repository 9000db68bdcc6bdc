using System.Buffers;
using System.Numerics;
using OrleansMail.Storage.Logs;

namespace OrleansMail.Storage.Partitions;

/// <summary>
/// What one append writes: records in order. Small parts are copied beside each other, which costs less than to pin and gather them; large
/// payloads are written from where they lie. Used again for each batch.
/// </summary>
internal sealed class Batch
{
    private const int MaxCopied = 32 * 1024;
    private static readonly byte[] Padding = new byte[LogRecordHeader.Alignment];
    private readonly List<(byte[] Record, LogRecordHeader Header)> headers = [];
    private readonly List<ReadOnlyMemory<byte>> parts = [];
    private byte[] copies = new byte[64 * 1024];

    /// <summary>Octets of it.</summary>
    public int Length { get; private set; }

    /// <summary>Records in it.</summary>
    public int Records => headers.Count;

    /// <summary>Begins anew.</summary>
    public void Clear()
    {
        headers.Clear();
        parts.Clear();
        Length = 0;
    }

    /// <summary>Adds a record, whose header is written at the end.</summary>
    /// <returns>Where it is, from the beginning of the batch.</returns>
    public int Add(byte[] record, LogRecordType type, ulong mailboxHash, ReadOnlyMemory<byte> payload, ushort flags = 0)
    {
        var offset = Length;
        var metadataLength = record.Length - LogRecordHeader.Size;
        var length = LogRecordHeader.LengthOf(metadataLength, payload.Length);
        headers.Add((record, new LogRecordHeader(length, 0, 0, 0, 0, mailboxHash, type, flags, metadataLength, payload.Length)));
        parts.Add(record);
        if (payload.Length > 0)
            parts.Add(payload);
        if (length - record.Length - payload.Length is var padding and > 0)
            parts.Add(Padding.AsMemory(0, padding));
        Length += length;
        return offset;
    }

    /// <summary>Numbers the records, writes their headers and gathers the octets.</summary>
    /// <param name="sequence">Of the first record.</param>
    /// <param name="epoch">The owner's.</param>
    /// <param name="batch">The append's number.</param>
    /// <param name="salt">The log's.</param>
    public ReadOnlySequence<byte> Seal(long sequence, uint epoch, uint batch, ulong salt)
    {
        for (var i = 0; i < headers.Count; i++)
        {
            var (record, header) = headers[i];
            var last = i == headers.Count - 1 ? LogRecordHeader.LastOfBatch : (ushort)0;
            (header with { Sequence = sequence + i, Epoch = epoch, Batch = batch, Flags = (ushort)(header.Flags | last) }).Write(record, salt);
        }

        return Gather();
    }

    private ReadOnlySequence<byte> Gather()
    {
        var small = parts.Sum(static part => part.Length <= MaxCopied ? part.Length : 0);
        if (small > copies.Length)
            copies = new byte[BitOperations.RoundUpToPowerOf2((uint)small)];
        if (small == Length)
        {
            CopyFrom(0, 0);
            return new ReadOnlySequence<byte>(copies, 0, small);
        }

        var first = new Part(ReadOnlyMemory<byte>.Empty, 0);
        var last = first;
        for (int part = 0, copied = 0; part < parts.Count;)
        {
            var (next, end) = CopyFrom(part, copied);
            if (end > copied)
                last = last.Append(copies.AsMemory(copied, end - copied));
            if (next < parts.Count)
                last = last.Append(parts[next++]);
            (part, copied) = (next, end);
        }

        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    // Up to the next large part.
    private (int Next, int End) CopyFrom(int part, int to)
    {
        for (; part < parts.Count && parts[part].Length <= MaxCopied; part++)
        {
            parts[part].Span.CopyTo(copies.AsSpan(to));
            to += parts[part].Length;
        }

        return (part, to);
    }

    private sealed class Part : ReadOnlySequenceSegment<byte>
    {
        public Part(ReadOnlyMemory<byte> memory, long runningIndex) => (Memory, RunningIndex) = (memory, runningIndex);

        public Part Append(ReadOnlyMemory<byte> memory)
        {
            var next = new Part(memory, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
