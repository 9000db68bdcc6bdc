using OrleansMail.Contracts.Storage;

namespace OrleansMail.Storage.Logs;

/// <summary>Where a scan stands in the order of a partition's records; it goes on from log to log.</summary>
/// <param name="Sequence">The last record's number.</param>
/// <param name="Epoch">Its epoch.</param>
/// <param name="Batch">Its batch.</param>
/// <param name="BatchIsWhole">Whether it was the last of its batch.</param>
internal readonly record struct LogOrder(long Sequence, uint Epoch, uint Batch, bool BatchIsWhole)
{
    /// <summary>Before the first record.</summary>
    public static LogOrder Start { get; } = new(0, 0, 0, true);

    /// <summary>The batch that whatever follows belongs to, unless something is missing.</summary>
    public uint NextBatch => BatchIsWhole ? Batch + 1 : Batch;

    /// <summary>Whether a record can stand behind this place; one that can't is a leftover of an earlier try or owner.</summary>
    public bool Admits(in LogRecordHeader header) => header.Sequence > Sequence && header.Epoch >= Epoch && header.Batch >= Batch;

    /// <summary>The place behind a record.</summary>
    public static LogOrder Behind(in LogRecordHeader header) => new(header.Sequence, header.Epoch, header.Batch, header.IsLastOfBatch);
}

/// <summary>A record as a scan found it, sound.</summary>
/// <param name="Position">Where it begins.</param>
/// <param name="Header">Its header.</param>
/// <param name="Whole">All of its octets; valid until the visitor returns.</param>
internal readonly record struct ScannedRecord(long Position, LogRecordHeader Header, ReadOnlyMemory<byte> Whole)
{
    /// <summary>Header and metadata; valid until the visitor returns.</summary>
    public ReadOnlyMemory<byte> Octets => Whole[..Header.PayloadOffset];

    /// <summary>Its metadata.</summary>
    public ReadOnlyMemory<byte> Metadata => Whole[LogRecordHeader.Size..Header.PayloadOffset];

    /// <summary>Its payload.</summary>
    public ReadOnlyMemory<byte> Payload => Whole.Slice(Header.PayloadOffset, Header.PayloadLength);
}

/// <summary>How a log ended.</summary>
/// <param name="Position">Where the content that counts ends.</param>
/// <param name="Order">The order's place there.</param>
/// <param name="Successor">Named by the SEAL; null when there is none.</param>
/// <param name="OctetsEnd">Where the octets end, but for zeros: behind <paramref name="Position"/> when an append did not finish.</param>
internal sealed record ScanEnd(long Position, LogOrder Order, string? Successor, long OctetsEnd)
{
    /// <summary>Whether octets of an append that did not finish lie behind the content.</summary>
    public bool IsTorn => OctetsEnd > Position;
}

/// <summary>Told of what a scan finds.</summary>
internal interface ILogVisitor
{
    /// <summary>A sound record, in order.</summary>
    void Visit(in ScannedRecord record);

    /// <summary>Octets of acknowledged records that are damaged or missing; what follows them goes on.</summary>
    /// <param name="position">Where they begin.</param>
    /// <param name="octets">How many are skipped; 0 when records are missing without a trace.</param>
    /// <param name="records">How many records are missing.</param>
    void Damaged(long position, long octets, long records);
}

/// <summary>
/// Reads a log once, forward, with bounded memory. Only one batch is ever un-synced: a bad record with nothing sound behind it but the
/// same batch is a torn tail, never acknowledged; one with a later batch behind it is damage.
/// </summary>
internal sealed class LogScanner(IAppendLog log, ulong salt, ILogVisitor visitor) : IDisposable
{
    private const int SearchStep = 256 * 1024;
    private readonly LogWindow window = new(log);
    private readonly SearchChecksums checksums = new(salt);

    /// <summary>Whether numbers may be missing between records: they were carried over from several logs.</summary>
    public bool AllowsGaps { get; init; }

    /// <summary>Scans from a record's beginning.</summary>
    /// <param name="position">Where to begin.</param>
    /// <param name="end">Where the log is known to end; <see cref="long.MaxValue"/> when it is not.</param>
    /// <param name="order">The place of what came before.</param>
    /// <param name="cancellationToken">Ends the scan.</param>
    /// <exception cref="StoreUnavailableException">The log can't be read now.</exception>
    public async Task<ScanEnd> ScanAsync(long position, long end, LogOrder order, CancellationToken cancellationToken)
    {
        while (position < end)
        {
            if (await ReadAsync(position, order, cancellationToken) is { } record)
            {
                ReportGap(record, order, position);
                order = LogOrder.Behind(record.Header);
                position += record.Header.Length;
                if (record.Header.Type == LogRecordType.Seal)
                    return new ScanEnd(position, order, SealRecord.Decode(record.Metadata.Span).Successor, position);
                visitor.Visit(record);
                continue;
            }

            var behind = await LookBehindAsync(position, order, cancellationToken);
            if (behind.Resume is not { } resume)
                return new ScanEnd(position, order, null, Math.Max(position, behind.OctetsEnd));
            var next = (await ReadAsync(resume, order, cancellationToken))!.Value.Header;
            if (!behind.IsCut)
                visitor.Damaged(position, resume - position, next.Sequence - order.Sequence - 1);
            order = order with { Sequence = next.Sequence - 1 };
            position = resume;
        }

        return new ScanEnd(end, order, null, end);
    }

    /// <inheritdoc/>
    public void Dispose() => window.Dispose();

    private void ReportGap(in ScannedRecord record, LogOrder order, long position)
    {
        if (record.Header.Sequence != order.Sequence + 1 && order != LogOrder.Start && !AllowsGaps)
            visitor.Damaged(position, 0, record.Header.Sequence - order.Sequence - 1);
    }

    private async ValueTask<ScannedRecord?> ReadAsync(long position, LogOrder order, CancellationToken cancellationToken)
    {
        var octets = await window.GetAsync(position, LogRecordHeader.Size, cancellationToken);
        if (!LogRecordHeader.TryRead(octets.Span, out var header) || !order.Admits(header))
            return null;
        octets = await window.GetAsync(position, header.Length, cancellationToken);
        return header.IsSound(octets.Span, salt)
            ? new ScannedRecord(position, header, octets[..header.Length])
            : null;
    }

    // Whatever a sender put into a payload can look like headers of long records: only what its metadata prove is read as a whole.
    private async ValueTask<ScannedRecord?> TryAsync(long position, LogOrder order, CancellationToken cancellationToken)
    {
        var octets = await window.GetAsync(position, LogRecordHeader.Size, cancellationToken);
        if (!LogRecordHeader.TryRead(octets.Span, out var header) || !order.Admits(header))
            return null;
        octets = await window.GetAsync(position, header.PayloadOffset, cancellationToken);
        return checksums.MetadataIsSound(position, header, octets.Span) ? await ReadAsync(position, order, cancellationToken) : null;
    }

    // What is behind a bad record: nothing that counts, a later owner that cut it off, or records to go on with.
    private async ValueTask<(long? Resume, bool IsCut, long OctetsEnd)> LookBehindAsync(long bad, LogOrder order, CancellationToken cancellationToken)
    {
        var torn = order.NextBatch;
        var (found, octetsEnd) = await SearchAsync(bad, order, cancellationToken);
        var first = found;
        while (found is { } record)
        {
            if (record.Header.Type == LogRecordType.Fence && FenceRecord.Decode(record.Metadata.Span).CutFrom == bad)
                return (record.Position, true, 0);
            if (record.Header.Batch > torn)
                return (first!.Value.Position, false, 0);
            var behind = record.Position + record.Header.Length;
            (found, octetsEnd) = await SearchAsync(behind, order, cancellationToken); // not behind the record: a fence that cut it has a number that it cut
            octetsEnd = Math.Max(octetsEnd, behind);
        }

        return (null, false, octetsEnd);
    }

    // The next sound record at or behind a position, or where the octets end. A corrupt length can't be followed: every place where a record may
    // begin is tried.
    private async ValueTask<(ScannedRecord? Found, long OctetsEnd)> SearchAsync(long position, LogOrder order, CancellationToken cancellationToken)
    {
        var (octetsEnd, blockEnd) = (0L, position);
        while (true)
        {
            var isNew = position >= blockEnd;
            var octets = await window.GetAsync(position, isNew ? SearchStep : (int)(blockEnd - position), cancellationToken);
            octets = octets[..(int)Math.Min(octets.Length, isNew ? SearchStep : blockEnd - position)];
            if (isNew)
            {
                if (octets.Span.LastIndexOfAnyExcept((byte)0) is >= 0 and var last)
                    octetsEnd = position + last + 1;
                if (octets.Length < LogRecordHeader.Size)
                    return (null, octetsEnd);
                blockEnd = position + octets.Length;
            }

            var offset = NextPlausible(octets.Span);
            position += offset;
            if (offset + LogRecordHeader.Size > octets.Length)
            {
                blockEnd = position; // what is left belongs to the next block
                continue;
            }

            if (await TryAsync(position, order, cancellationToken) is { } record)
                return (record, octetsEnd);
            position += LogRecordHeader.Alignment;
        }
    }

    private static int NextPlausible(ReadOnlySpan<byte> octets)
    {
        var offset = 0;
        while (offset + LogRecordHeader.Size <= octets.Length && !LogRecordHeader.IsPlausible(octets[offset..]))
            offset += LogRecordHeader.Alignment;
        return offset;
    }
}
