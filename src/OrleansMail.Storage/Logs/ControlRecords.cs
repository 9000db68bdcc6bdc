namespace OrleansMail.Storage.Logs;

/// <summary>A new owner's first record. Its epoch is in the header.</summary>
/// <param name="Owner">Drawn at random by the owner, so that it knows its own fence again.</param>
/// <param name="CutFrom">Where the torn tail began that this owner cut; -1 when there was none.</param>
/// <param name="Predecessor">The name of the log whose SEAL led here, when this is a log's first record; null otherwise.</param>
internal sealed record FenceRecord(Ulid Owner, long CutFrom, string? Predecessor)
{
    public byte[] Encode(MetadataWriter writer)
    {
        writer.Reset();
        writer.WriteUlid(Owner);
        writer.WriteInt64(CutFrom);
        writer.WriteString(Predecessor);
        return writer.ToRecord(LogChecksum.Of([]));
    }

    public static FenceRecord Decode(ReadOnlySpan<byte> metadata)
    {
        var reader = new MetadataReader(metadata);
        return new FenceRecord(reader.ReadUlid(), reader.ReadInt64(), reader.ReadString());
    }
}

/// <summary>A log's last record.</summary>
/// <param name="Successor">The name of the log that goes on; it need not exist yet.</param>
internal sealed record SealRecord(string Successor)
{
    public byte[] Encode(MetadataWriter writer)
    {
        writer.Reset();
        writer.WriteString(Successor);
        return writer.ToRecord(LogChecksum.Of([]));
    }

    public static SealRecord Decode(ReadOnlySpan<byte> metadata) => new(new MetadataReader(metadata).ReadString() ?? "");
}

/// <summary>Records whose replies were seen to arrive.</summary>
internal static class SeenRecord
{
    /// <summary>Most that one record names.</summary>
    public const int MaxRecords = 10_000;

    public static byte[] Encode(MetadataWriter writer, ReadOnlySpan<Ulid> records)
    {
        writer.Reset();
        writer.WriteUInt32((uint)records.Length);
        foreach (var record in records)
            writer.WriteUlid(record);
        return writer.ToRecord(LogChecksum.Of([]));
    }

    public static Ulid[] Decode(ReadOnlySpan<byte> metadata)
    {
        var reader = new MetadataReader(metadata);
        var count = reader.ReadUInt32();
        if (count > MaxRecords)
            throw new InvalidDataException("A SEEN record names too many.");
        var records = new Ulid[count];
        for (var i = 0; i < records.Length; i++)
            records[i] = reader.ReadUlid();
        return records;
    }
}
