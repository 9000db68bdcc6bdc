using System.Globalization;
using OrleansMail.Contracts;
using OrleansMail.Storage.Logs;

namespace OrleansMail.Storage.Demultiplexing;

/// <summary>Brings the ledger's entries of one log to their tenants: a file of each, whose name follows from the log's, so that doing it again changes nothing.</summary>
internal sealed class LedgerWriter : ILogVisitor
{
    private const ushort Version = 1;
    private readonly Dictionary<Incarnation, List<ReadOnlyMemory<byte>>> entries = [];

    /// <summary>The entries by tenant.</summary>
    public IReadOnlyDictionary<Incarnation, List<ReadOnlyMemory<byte>>> Entries => entries;

    /// <inheritdoc/>
    public void Visit(in ScannedRecord record)
    {
        if (record.Header.Type != LogRecordType.Decisions)
            return;
        var decisions = DecisionsRecord.Decode(record.Metadata.Span);
        if (!entries.TryGetValue(decisions.Tenant, out var own))
            entries[decisions.Tenant] = own = [];
        own.AddRange(decisions.Entries);
    }

    /// <summary>Told when the log was recovered.</summary>
    public void Damaged(long position, long octets, long records)
    {
    }

    /// <summary>Writes what a log had.</summary>
    public async ValueTask WriteAsync(PartitionContext context, LogName log, CancellationToken cancellationToken)
    {
        foreach (var (tenant, own) in entries)
        {
            try
            {
                await context.Store.WriteValueAsync(PathOf(tenant, context, log), Encode(own), ifMatch: null, cancellationToken);
            }
            catch (StoreConflictException)
            {
                // Written before, from the same log.
            }
        }
    }

    /// <summary>Reads a file of entries.</summary>
    /// <exception cref="InvalidDataException">It is damaged or of a later version.</exception>
    public static IReadOnlyList<ReadOnlyMemory<byte>> Decode(ReadOnlySpan<byte> value)
    {
        var reader = new MetadataReader(Checked.Content(value));
        if (reader.ReadUInt16() != Version)
            throw new InvalidDataException("It is of a later version.");
        var entries = new List<ReadOnlyMemory<byte>>();
        for (var left = reader.ReadUInt32(); left > 0; left--)
            entries.Add(reader.ReadBytes().ToArray());
        return entries;
    }

    private static string PathOf(Incarnation tenant, PartitionContext context, LogName log) =>
        string.Create(CultureInfo.InvariantCulture, $"{TenantPaths.Ledger(tenant)}{context.Partition.Generation:000}-{context.Partition.Number:000}-{log.Ordinal:000000}-{log.Nonce:x16}");

    private static byte[] Encode(List<ReadOnlyMemory<byte>> entries)
    {
        var writer = new MetadataWriter();
        writer.Reset();
        writer.WriteUInt16(Version);
        writer.WriteUInt32((uint)entries.Count);
        foreach (var entry in entries)
            writer.WriteBytes(entry.Span);
        writer.WriteUInt32(LogChecksum.Of(writer.Written));
        return writer.Written.ToArray();
    }
}
