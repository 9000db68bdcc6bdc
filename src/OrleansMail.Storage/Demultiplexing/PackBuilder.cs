using OrleansMail.Contracts.Storage;
using OrleansMail.Storage.Domains;
using OrleansMail.Storage.Logs;
using OrleansMail.Storage.Packs;

namespace OrleansMail.Storage.Demultiplexing;

/// <summary>Makes packs out of records: of logs, and of packs that are written anew.</summary>
/// <param name="store">The store.</param>
/// <param name="packs">Opens packs.</param>
/// <param name="epoch">The owner's.</param>
/// <param name="maxBytes">Octets of a pack that is full.</param>
internal sealed class PackBuilder(IObjectStore store, PackCatalog packs, uint epoch, long maxBytes)
{
    /// <summary>Entries of a pack that is full.</summary>
    public const int MaxEntries = 262_144;

    /// <summary>Whether payloads of logs are compressed where it pays; what is in packs stays as it is.</summary>
    public bool Compress { get; set; }

    /// <summary>Octets of a pack that is full.</summary>
    public long MaxBytes => maxBytes;

    /// <summary>The records of a pack that are not deleted, or all of them under a hold.</summary>
    /// <exception cref="PackDamagedException">A record is damaged: nothing may be written anew without it.</exception>
    public async ValueTask<List<PackRecord>> ReadAsync(DomainKey domain, PackRef pack, bool hold, CancellationToken cancellationToken)
    {
        var reader = await packs.OpenAsync(domain, pack, cancellationToken);
        var entries = await reader.ReadEntriesAsync(0, reader.Trailer.Entries, cancellationToken);
        var records = new List<PackRecord>();
        foreach (var group in entries.Where(e => hold || !pack.Dead.Contains(e.Index)).GroupBy(static e => e.MetadataOffset).Chunk(512))
        {
            var firsts = group.Select(static g => g.First()).ToList();
            var metadata = await reader.ReadMetadataAsync(firsts, cancellationToken);
            for (var i = 0; i < firsts.Count; i++)
            {
                var octets = metadata[i] ?? throw new PackDamagedException($"Record {firsts[i].Id} of pack '{pack.Name}' is damaged.");
                var summary = MessageDecoder.Summarize(octets.Span[LogRecordHeader.Size..]);
                records.Add(new PackRecord(octets, summary, [.. group[i].OrderBy(static e => e.Place).Select(e => (e.Place, pack.Dead.Contains(e.Index)))])
                {
                    Stored = (reader, firsts[i]),
                });
            }
        }

        return records;
    }

    /// <summary>Writes records in as many packs as they need, in order.</summary>
    public async ValueTask<List<(PackRef Pack, PackSummary Summary)>> WriteAsync(
        HeadEdit edit, DomainKey domain, (long First, long Last) covered, IReadOnlyList<PackRecord> records, long deadSince, CancellationToken cancellationToken)
    {
        var written = new List<(PackRef, PackSummary)>();
        using var writer = new PackWriter(store, Compress);
        for (var from = 0; from < records.Count;)
        {
            var to = from;
            for (var (size, entries) = (0L, 0); to < records.Count; to++)
            {
                size += records[to].Size;
                entries += records[to].Places.Count;
                if (to > from && (size > maxBytes || entries > MaxEntries))
                    break;
            }

            var name = PackRef.CreateName(covered.First, covered.Last, epoch);
            var some = records.Skip(from).Take(to - from).ToList();
            var summary = await writer.WriteAsync(DomainPaths.Pack(domain, name), domain, covered, some, null, cancellationToken);
            written.Add((Describe(edit.TakeNumber(), name, summary, deadSince), summary));
            from = to;
        }

        return written;
    }

    /// <summary>What a head says of a pack that was written.</summary>
    internal static PackRef Describe(uint number, string name, PackSummary summary, long deadSince)
    {
        var trailer = summary.Trailer;
        return new PackRef(number, name, trailer.Entries, trailer.Length, trailer.LowestId, trailer.HighestId, trailer.Oldest, trailer.Newest, trailer.RawBytes)
        {
            Dead = EntrySet.Of(summary.Dead.Select(static d => (d.Index, d.Index + 1))),
            DeadBytes = summary.DeadBytes,
            DeadSince = summary.Dead.Count == 0 ? 0 : deadSince,
        };
    }
}
