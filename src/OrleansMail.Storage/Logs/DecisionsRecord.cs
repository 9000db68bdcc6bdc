using OrleansMail.Contracts;

namespace OrleansMail.Storage.Logs;

/// <summary>Entries of one tenant's ledger, each opaque here.</summary>
/// <param name="Tenant">Whose they are.</param>
/// <param name="Entries">In order.</param>
internal sealed record DecisionsRecord(Incarnation Tenant, IReadOnlyList<ReadOnlyMemory<byte>> Entries)
{
    /// <summary>Most octets of entries in one record.</summary>
    public const int MaxOctets = 1024 * 1024;

    public byte[] Encode(MetadataWriter writer)
    {
        writer.Reset();
        writer.WriteUlid(Tenant.Value);
        writer.WriteUInt32((uint)Entries.Count);
        foreach (var entry in Entries)
            writer.WriteBytes(entry.Span);
        return writer.ToRecord(LogChecksum.Of([]));
    }

    public static DecisionsRecord Decode(ReadOnlySpan<byte> metadata)
    {
        var reader = new MetadataReader(metadata);
        var tenant = new Incarnation(reader.ReadUlid());
        var entries = new List<ReadOnlyMemory<byte>>();
        for (var left = reader.ReadUInt32(); left > 0; left--)
            entries.Add(reader.ReadBytes().ToArray());
        return new DecisionsRecord(tenant, entries);
    }
}
