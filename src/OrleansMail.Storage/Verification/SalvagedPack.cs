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
/// <param name="Lost">Entries that can't be read any more, as far as they are known.</param>
/// <param name="IsSound">Whether nothing is damaged.</param>
internal sealed record SalvagedPack(string Path, PackTrailer? Trailer, IReadOnlyList<SalvagedRecord> Records, long Lost, bool IsSound)
{
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
        var (records, lost) = (new List<SalvagedRecord>(), (long)tables.Entries.Count(static e => e is null));
        var payloads = new LogWindow(file);
        try
        {
            foreach (var group in tables.Entries.OfType<PackEntry>().GroupBy(static e => e.MetadataOffset).OrderBy(static g => g.Key))
            {
                if (await TryReadAsync(item.Path, trailer, [.. group], window, payloads, cancellationToken) is { } record)
                    records.Add(record);
                else
                    lost += group.Count();
            }
        }
        finally
        {
            payloads.Dispose();
        }

        var isSound = lost == 0 && !isMended && !tables.IsMended && tables.AreSound && await tables.SparseIsSoundAsync(window, cancellationToken);
        return new SalvagedPack(item.Path, trailer, records, lost, isSound) { WrittenAt = item.LastModified };
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

    private static async ValueTask<SalvagedRecord?> TryReadAsync(
        string path, PackTrailer trailer, IReadOnlyList<PackEntry> entries, LogWindow window, LogWindow payloads, CancellationToken cancellationToken)
    {
        var entry = entries[0];
        if (entry.MetadataLength > LogRecordHeader.MaxRecord || entry.StoredLength > LogRecordHeader.MaxRecord)
            return null;
        var octets = await window.GetAsync(entry.MetadataOffset, entry.MetadataLength, cancellationToken);
        if (octets.Length < entry.MetadataLength || PackedRecord.TryRead(octets.Span[..entry.MetadataLength], trailer.Nonce) is not { Summary: { } summary } record
            || entries.Any(e => e.Place >= summary.Mailboxes.Length) || summary.Domain != trailer.DomainKey)
            return null;
        if (!entry.IsObject)
        {
            var stored = await payloads.GetAsync(entry.PayloadOffset, entry.StoredLength, cancellationToken);
            if (stored.Length < entry.StoredLength || !record.IsPayload(stored.Span[..entry.StoredLength], entry.IsCompressed))
                return null;
        }

        return new SalvagedRecord(path, trailer.Nonce, entries, record.Header, summary);
    }
}
