using System.Buffers.Binary;
using System.Security.Cryptography;
using OrleansMail.Contracts;
using OrleansMail.Contracts.Storage;
using OrleansMail.Storage.Logs;

namespace OrleansMail.Storage.Packs;

/// <summary>
/// Writes packs (docs/storage-format.md): payloads by mailbox and sequence, then metadata, then the tables that lead to them. A record that several
/// mailboxes have is stored once.
/// </summary>
/// <param name="store">Where to.</param>
/// <param name="compress">Whether payloads are compressed where it pays.</param>
internal sealed class PackWriter(IObjectStore store, bool compress) : IDisposable
{
    private readonly PayloadCompression? compression = compress ? new PayloadCompression() : null;

    /// <summary>Writes one pack. Nothing exists until it is whole.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="domain">Whose it is.</param>
    /// <param name="covered">The log records that it covers.</param>
    /// <param name="records">At least one; their headers are changed.</param>
    /// <param name="nonce">The salt of its checksums; null to draw one.</param>
    /// <param name="cancellationToken">Ends the writing.</param>
    /// <exception cref="StoreConflictException">The path exists.</exception>
    public async ValueTask<PackSummary> WriteAsync(
        string path, DomainKey domain, (long First, long Last) covered, IReadOnlyList<PackRecord> records, ulong? nonce, CancellationToken cancellationToken)
    {
        var salt = nonce ?? BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8));
        await using var writer = await store.CreateObjectAsync(path, cancellationToken);
        using var output = new PackOutput(writer);
        var ordered = records.OrderBy(static r => First(r).Incarnation.Value).ThenBy(static r => First(r).Sequence).ToList();
        var rows = await WritePayloadsAsync(output, ordered, cancellationToken);
        var metadataAt = output.Position;
        await WriteMetadataAsync(output, ordered, rows, salt, cancellationToken);
        var summary = Summarize(domain, covered, ordered, rows, salt, metadataAt, output.Position, out var entries);
        await WriteTablesAsync(output, summary, entries, cancellationToken);
        await output.FlushAsync(cancellationToken);
        await writer.CommitAsync(cancellationToken);
        return summary;
    }

    /// <inheritdoc/>
    public void Dispose() => compression?.Dispose();

    private static MailboxSummary First(PackRecord record) => record.Summary.Mailboxes[record.Places[0].Place];

    private async ValueTask<Stored[]> WritePayloadsAsync(PackOutput output, List<PackRecord> records, CancellationToken cancellationToken)
    {
        var rows = new Stored[records.Count];
        var stored = new StoredPayloads(records.Where(static r => r.Stored is not null).Select(static r => r.Stored!.Value.Reader).Distinct().Count());
        await output.WriteAsync("OMPACK1\n"u8.ToArray(), cancellationToken); // so that no payload is at 0
        for (var i = 0; i < rows.Length; i++)
        {
            var (payload, isCompressed) = await PayloadAsync(records[i], stored, cancellationToken);
            LogRecordHeader.TryRead(records[i].Octets.Span, out var header);
            var isObject = header.Type == LogRecordType.MessageReference;
            rows[i] = new Stored(isObject ? 0 : output.Position, payload.Length, PackEntry.FlagsOf(isCompressed, isObject), 0);
            await output.WriteAsync(payload, cancellationToken);
            await output.AlignAsync(cancellationToken);
        }

        return rows;
    }

    private async ValueTask<(ReadOnlyMemory<byte> Payload, bool IsCompressed)> PayloadAsync(PackRecord record, StoredPayloads stored, CancellationToken cancellationToken)
    {
        if (record.Stored is { } source)
            return (await stored.ReadAsync(source.Reader, source.Entry, cancellationToken), source.Entry.IsCompressed);
        return compression is not null && compression.TryCompress(record.Payload.Span, out var frame) ? (frame, true) : (record.Payload, false);
    }

    private static async ValueTask WriteMetadataAsync(PackOutput output, List<PackRecord> records, Stored[] rows, ulong salt, CancellationToken cancellationToken)
    {
        for (var i = 0; i < rows.Length; i++)
        {
            if (!LogRecordHeader.TryRead(records[i].Octets.Span, out var header))
                throw new ArgumentException("What is to be packed is no record.", nameof(records));
            header.Write(records[i].Octets.Span, salt);
            rows[i] = rows[i] with { MetadataAt = output.Position };
            await output.WriteAsync(records[i].Octets, cancellationToken);
            await output.AlignAsync(cancellationToken);
        }
    }

    private static PackSummary Summarize(
        DomainKey domain, (long First, long Last) covered, List<PackRecord> records, Stored[] rows, ulong salt, long metadataAt, long directoryAt, out List<PackEntry> entries)
    {
        var all = new List<(Incarnation Mailbox, PackEntry Entry, bool IsDead)>();
        for (var i = 0; i < rows.Length; i++)
        {
            var summary = records[i].Summary;
            foreach (var (place, isDead) in records[i].Places)
            {
                var mailbox = summary.Mailboxes[place];
                all.Add((mailbox.Incarnation, new PackEntry(
                    0, mailbox.Sequence, summary.ReceivedAt.UtcTicks, summary.Id, rows[i].MetadataAt, records[i].Octets.Length, rows[i].PayloadAt, rows[i].Length,
                    summary.Size, place, rows[i].Flags), isDead));
            }
        }

        all.Sort(static (a, b) => a.Mailbox.Value.CompareTo(b.Mailbox.Value) is var order and not 0 ? order : a.Entry.Sequence.CompareTo(b.Entry.Sequence));
        entries = [.. all.Select(static (e, i) => e.Entry with { Index = (uint)i })];
        var mailboxes = Directory(all);
        var dead = all.Select(static (e, i) => (e.IsDead, Index: (uint)i, e.Mailbox, e.Entry.Size)).Where(static e => e.IsDead).Select(static e => (e.Index, e.Mailbox, e.Size)).ToList();
        var trailer = new PackTrailer(
            salt, domain.Tenant.Value, domain.Domain.Value, (uint)domain.Number, (uint)mailboxes.Count, (uint)entries.Count, covered.First, covered.Last, metadataAt, directoryAt,
            entries.Min(static e => e.Id), entries.Max(static e => e.Id), entries.Min(static e => e.ReceivedAt), entries.Max(static e => e.ReceivedAt), entries.Sum(static e => e.Size));
        return new PackSummary(trailer, mailboxes, dead, dead.Sum(static d => d.Size));
    }

    private static List<PackMailbox> Directory(List<(Incarnation Mailbox, PackEntry Entry, bool IsDead)> all)
    {
        var mailboxes = new List<PackMailbox>();
        for (var from = 0; from < all.Count;)
        {
            var to = from;
            var (bytes, latest) = (0L, 0L);
            for (; to < all.Count && all[to].Mailbox == all[from].Mailbox; to++)
                (bytes, latest) = (bytes + all[to].Entry.Size, Math.Max(latest, all[to].Entry.ReceivedAt));
            mailboxes.Add(new PackMailbox(all[from].Mailbox, (uint)from, (uint)(to - from), all[from].Entry.Sequence, all[to - 1].Entry.Sequence, bytes, latest));
            from = to;
        }

        return mailboxes;
    }

    private static async ValueTask WriteTablesAsync(PackOutput output, PackSummary summary, List<PackEntry> entries, CancellationToken cancellationToken)
    {
        var salt = summary.Trailer.Nonce;
        var row = new byte[PackTrailer.Size];
        for (var i = 0; i < summary.Mailboxes.Count; i++)
        {
            summary.Mailboxes[i].Write(row.AsSpan(0, PackMailbox.RowSize), (uint)i, salt);
            await output.WriteAsync(row.AsMemory(0, PackMailbox.RowSize), cancellationToken);
        }

        foreach (var entry in entries)
        {
            entry.Write(row.AsSpan(0, PackEntry.RowSize), salt);
            await output.WriteAsync(row.AsMemory(0, PackEntry.RowSize), cancellationToken);
        }

        var ids = entries.Select(static e => new PackId(e.Id, e.Index)).Order().ToList();
        for (var i = 0; i < ids.Count; i++)
        {
            ids[i].Write(row.AsSpan(0, PackId.RowSize), (uint)i, salt);
            await output.WriteAsync(row.AsMemory(0, PackId.RowSize), cancellationToken);
        }

        await output.WriteAsync(Sparse(ids, summary.Trailer), cancellationToken);
        summary.Trailer.Write(row);
        await output.WriteAsync(row, cancellationToken);
    }

    private static byte[] Sparse(List<PackId> ids, PackTrailer trailer)
    {
        var sparse = new byte[trailer.SparseSize];
        for (var i = 0; i < trailer.SparseCount; i++)
            ids[i * PackId.BlockRows].Id.TryWriteBytes(sparse.AsSpan(i * 16));
        BinaryPrimitives.WriteUInt32LittleEndian(sparse.AsSpan(trailer.SparseCount * 16), LogChecksum.Of(trailer.Nonce, sparse.AsSpan(0, trailer.SparseCount * 16)));
        return sparse;
    }

    private readonly record struct Stored(long PayloadAt, int Length, ushort Flags, long MetadataAt);
}
