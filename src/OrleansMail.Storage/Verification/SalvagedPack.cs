using OrleansMail.Storage.Domains;
using OrleansMail.Storage.Logs;
using OrleansMail.Storage.Packs;

namespace OrleansMail.Storage.Verification;

/// <summary>A sound record of a pack.</summary>
/// <param name="Path">The pack.</param>
/// <param name="Salt">The salt of its checksums.</param>
/// <param name="Entries">The entries that lead to it.</param>
/// <param name="Header">Its header.</param>
/// <param name="Summary">What its metadata say.</param>
internal sealed record SalvagedRecord(string Path, ulong Salt, IReadOnlyList<PackEntry> Entries, LogRecordHeader Header, MessageSummary Summary)
{
    /// <summary>Reads it again, to be written elsewhere.</summary>
    /// <param name="window">The pack.</param>
    /// <param name="places">The places of the mailboxes that have it, and whether the entry is deleted.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async ValueTask<PackRecord> LoadAsync(LogWindow window, IReadOnlyList<(ushort Place, bool IsDead)> places, CancellationToken cancellationToken)
    {
        var entry = Entries[0];
        var octets = (await window.GetAsync(entry.MetadataOffset, entry.MetadataLength, cancellationToken))[..entry.MetadataLength].ToArray();
        if (entry.IsObject)
            return new PackRecord(octets, Summary, places);
        var payload = (await window.GetAsync(entry.PayloadOffset, entry.StoredLength, cancellationToken))[..entry.StoredLength].ToArray();
        if (entry.IsCompressed)
        {
            var raw = new byte[Header.PayloadLength];
            PayloadCompression.TryDecompress(payload, raw); // it could when it was salvaged
            payload = raw;
        }

        return new PackRecord(octets, Summary, places) { Payload = payload };
    }
}

/// <summary>What is sound in a pack, whatever else is damaged.</summary>
/// <param name="Path">The pack.</param>
/// <param name="Trailer">Its trailer; null when nothing can be read without it.</param>
/// <param name="Records">Its sound records.</param>
/// <param name="Lost">Entries that can't be read any more.</param>
/// <param name="IsSound">Whether nothing is damaged.</param>
internal sealed record SalvagedPack(string Path, PackTrailer? Trailer, IReadOnlyList<SalvagedRecord> Records, long Lost, bool IsSound)
{
    private const int MaxLosses = 100;

    /// <summary>What is lost, for people: the first hundred records.</summary>
    public IReadOnlyList<string> Losses { get; private init; } = [];

    /// <summary>When its file was written.</summary>
    public DateTimeOffset WrittenAt { get; init; }

    /// <summary>Its file's name.</summary>
    public string Name => Path[(Path.LastIndexOf('/') + 1)..];

    /// <summary>Reads a pack.</summary>
    public static async Task<SalvagedPack> ReadAsync(VerificationContext context, StoredItem item, CancellationToken cancellationToken)
    {
        var report = new VerificationReport();
        await using var file = new ReadOnlyLog(context, report, item.Path);
        using var window = new LogWindow(file);
        if (await ReadTrailerAsync(window, item, cancellationToken) is not var (trailer, isMended))
            return new SalvagedPack(item.Path, null, [], 0, false) { WrittenAt = item.LastModified };
        var tables = await PackTables.ReadAsync(window, trailer, cancellationToken, mend: true);
        var (records, losses) = (new List<SalvagedRecord>(), new List<string>());
        var areSound = tables.AreSound;
        var payloads = new LogWindow(file);
        long lost;
        try
        {
            (var entries, lost) = await EntriesAsync(tables, window, payloads, losses, cancellationToken);
            foreach (var group in entries.GroupBy(static e => e.MetadataOffset).OrderBy(static g => g.Key))
            {
                var (record, problem) = await ReadAsync(item.Path, trailer, [.. group], window, payloads, cancellationToken);
                if (record is not null)
                {
                    records.Add(record);
                    continue;
                }

                lost += group.Count();
                if (losses.Count < MaxLosses)
                    losses.Add($"record {group.First().Id}, in {group.Count()} mailboxes, is lost: {problem}");
            }
        }
        finally
        {
            payloads.Dispose();
        }

        var isSound = lost == 0 && !isMended && !tables.IsMended && areSound && await tables.SparseIsSoundAsync(window, cancellationToken);
        return new SalvagedPack(item.Path, trailer, records, lost, isSound) { WrittenAt = item.LastModified, Losses = losses };
    }

    // Damaged rows are made anew as far as the records tell.
    private static async ValueTask<(List<PackEntry> Entries, long Lost)> EntriesAsync(PackTables tables, LogWindow window, LogWindow payloads, List<string> losses, CancellationToken cancellationToken)
    {
        if (!tables.Entries.Contains(null))
            return ([.. tables.Entries.OfType<PackEntry>()], 0);
        var scan = new RecordScan(tables, window, payloads);
        var recovery = new EntryRecovery(tables, await scan.RunAsync(cancellationToken), scan.IsComplete);
        recovery.Run();
        if (recovery.Additional.Count > 0)
            losses.Add($"which of {recovery.Additional.Count} entries were deleted can't be told any more: their messages are there again");
        return ([.. tables.Entries.OfType<PackEntry>(), .. recovery.Additional], recovery.Lost);
    }

    /// <summary>What a head says of the pack, as it is.</summary>
    public PackRef Describe(uint number, EntrySet dead)
    {
        var trailer = Trailer!;
        var bytes = Records.SelectMany(static r => r.Entries).Where(e => dead.Contains(e.Index)).Sum(static e => e.Size);
        return new PackRef(number, Name, trailer.Entries, trailer.Length, trailer.LowestId, trailer.HighestId, trailer.Oldest, trailer.Newest, trailer.RawBytes)
        {
            Dead = dead, DeadBytes = bytes, DeadSince = dead.Count == 0 ? 0 : WrittenAt.UtcTicks,
        };
    }

    private static async ValueTask<(PackTrailer Trailer, bool IsMended)?> ReadTrailerAsync(LogWindow window, StoredItem item, CancellationToken cancellationToken)
    {
        if (item.Length < PackTrailer.Size)
            return null;
        var octets = (await window.GetAsync(item.Length - PackTrailer.Size, PackTrailer.Size, cancellationToken)).ToArray();
        var before = octets.ToArray();
        try
        {
            return BitMender.TryMend(octets) ? (PackTrailer.Read(octets, item.Length, item.Path), !octets.AsSpan().SequenceEqual(before)) : null;
        }
        catch (PackDamagedException)
        {
            return null;
        }
    }

    private static async ValueTask<(SalvagedRecord? Record, string? Problem)> ReadAsync(
        string path, PackTrailer trailer, IReadOnlyList<PackEntry> entries, LogWindow window, LogWindow payloads, CancellationToken cancellationToken)
    {
        var entry = entries[0];
        if (entry.MetadataLength > LogRecordHeader.MaxRecord || entry.StoredLength > LogRecordHeader.MaxRecord)
            return (null, "its entry does not lead to it");
        var octets = await window.GetAsync(entry.MetadataOffset, entry.MetadataLength, cancellationToken);
        if (octets.Length < entry.MetadataLength || PackedRecord.TryRead(octets.Span[..entry.MetadataLength], trailer.Nonce) is not { } record
            || entries.Any(e => e.Place >= record.Summary.Mailboxes.Length) || record.Summary.Domain != trailer.DomainKey)
            return (null, "its metadata fail their check");
        if (!entry.IsObject)
        {
            var stored = await payloads.GetAsync(entry.PayloadOffset, entry.StoredLength, cancellationToken);
            if (stored.Length < entry.StoredLength || !record.IsPayload(stored.Span[..entry.StoredLength], entry.IsCompressed))
                return (null, "its payload fails its check");
        }

        return (new SalvagedRecord(path, trailer.Nonce, entries, record.Header, record.Summary), null);
    }
}
