using OrleansMail.Contracts.Storage;
using OrleansMail.Storage.Logs;

namespace OrleansMail.Storage.Partitions;

/// <summary>
/// The records that still answer repeats when their logs go: normally a handful, whose replies were never seen to arrive. A value of its own that the
/// checkpoint names.
/// </summary>
internal static class RepeatFile
{
    private const ushort Version = 1;

    /// <summary>Writes the records; null when there are none.</summary>
    /// <returns>The file's name.</returns>
    public static async ValueTask<string?> WriteAsync(IObjectStore store, string folder, IReadOnlyList<RepeatRecord> records, CancellationToken cancellationToken)
    {
        if (records.Count == 0)
            return null;
        var name = PartitionFolder.CreateRepeatsName();
        await store.WriteValueAsync(folder + name, Encode(records), ifMatch: null, cancellationToken);
        return name;
    }

    /// <summary>Takes the records of a file in; none when <paramref name="name"/> is null.</summary>
    /// <exception cref="StoreUnavailableException">The file is missing or damaged.</exception>
    public static async ValueTask LoadAsync(IObjectStore store, string folder, string? name, RepeatWindow repeats, CancellationToken cancellationToken)
    {
        if (name is null)
            return;
        var stored = await store.ReadValueAsync(folder + name, cancellationToken)
            ?? throw new StoreUnavailableException($"'{folder}{name}', which the checkpoint names, is missing.");
        try
        {
            Decode(stored.Value.Span, repeats);
        }
        catch (InvalidDataException exception)
        {
            throw new StoreUnavailableException($"'{folder}{name}' is damaged.", exception);
        }
    }

    private static byte[] Encode(IReadOnlyList<RepeatRecord> records)
    {
        var writer = new MetadataWriter();
        writer.Reset();
        writer.WriteUInt16(Version);
        writer.WriteUInt32((uint)records.Count);
        foreach (var record in records)
        {
            writer.WriteUlid(record.Id);
            writer.WriteUInt32((uint)record.Domain);
            writer.WriteInt64(record.ReceivedAt.UtcTicks);
            writer.WriteUInt32((uint)record.Keys.Count);
            foreach (var (key, place) in record.Keys)
            {
                writer.WriteInt64((long)(ulong)key);
                writer.WriteInt64((long)(ulong)(key >> 64));
                writer.WriteUInt16((ushort)place);
            }
        }

        writer.WriteUInt32(LogChecksum.Of(writer.Written));
        return writer.Written.ToArray();
    }

    private static void Decode(ReadOnlySpan<byte> value, RepeatWindow repeats)
    {
        var content = Checked.Content(value);
        var reader = new MetadataReader(content);
        if (reader.ReadUInt16() != Version)
            throw new InvalidDataException("It is of a later version.");
        for (var left = reader.ReadUInt32(); left > 0; left--)
        {
            var record = repeats.Add(reader.ReadUlid(), (int)reader.ReadUInt32(), reader.ReadTime());
            record.Number = 0;
            for (var keys = reader.ReadUInt32(); keys > 0; keys--)
            {
                var lower = (ulong)reader.ReadInt64();
                repeats.AddKey(record, new UInt128((ulong)reader.ReadInt64(), lower), reader.ReadUInt16());
            }
        }
    }
}
