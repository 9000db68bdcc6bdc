using OrleansMail.Contracts;
using OrleansMail.Contracts.Storage;
using OrleansMail.Storage.Logs;

namespace OrleansMail.Storage.Domains;

/// <summary>The octets of heads and pages (docs/storage-format.md): fields, then the CRC-32C of all of them.</summary>
internal static class HeadCodec
{
    private const uint HeadMagic = 0x44484D4F; // "OMHD"
    private const uint PageMagic = 0x47504D4F; // "OMPG"
    private const ushort Version = 1;
    private const ushort HoldFlag = 1;

    /// <summary>The octets of a head.</summary>
    public static byte[] Encode(DomainHead head)
    {
        var writer = new MetadataWriter();
        Begin(writer, HeadMagic, head.Hold ? HoldFlag : (ushort)0);
        writer.WriteUlid(head.Domain.Tenant.Value);
        writer.WriteUlid(head.Domain.Domain.Value);
        writer.WriteUInt32((uint)head.Domain.Number);
        writer.WriteUInt32((uint)head.Generation);
        writer.WriteUInt32(head.Epoch);
        writer.WriteInt64(head.Applied);
        writer.WriteUInt32(head.NextPack);
        writer.WriteInt64(head.Messages);
        writer.WriteInt64(head.Bytes);
        writer.WriteUInt32((uint)head.Packs.Count);
        foreach (var pack in head.Packs)
            WritePack(writer, pack);
        writer.WriteUInt32((uint)head.Pages.Count);
        foreach (var page in head.Pages)
        {
            writer.WriteString(page.Name);
            writer.WriteUlid(page.First);
            writer.WriteUInt32((uint)page.Rows);
        }

        WriteRows(writer, head.Rows);
        return End(writer);
    }

    /// <summary>Reads a head.</summary>
    /// <exception cref="HeadDamagedException">It is none, damaged, or of a later version.</exception>
    public static DomainHead Decode(ReadOnlySpan<byte> value, string path)
    {
        try
        {
            var reader = Open(value, HeadMagic, path, out var flags);
            var domain = new DomainKey(new(reader.ReadUlid()), new(reader.ReadUlid()), (int)reader.ReadUInt32());
            var head = new DomainHead(domain, (int)reader.ReadUInt32(), reader.ReadUInt32(), reader.ReadInt64(), reader.ReadUInt32(), [])
            {
                Hold = (flags & HoldFlag) != 0,
                Messages = reader.ReadInt64(),
                Bytes = reader.ReadInt64(),
            };
            var packs = new List<PackRef>();
            for (var left = reader.ReadUInt32(); left > 0; left--)
                packs.Add(ReadPack(ref reader));
            var pages = new List<PageRef>();
            for (var left = reader.ReadUInt32(); left > 0; left--)
                pages.Add(new PageRef(reader.ReadString() ?? "", reader.ReadUlid(), (int)reader.ReadUInt32()));
            return head with { Packs = packs, Pages = pages, Rows = ReadRows(ref reader) };
        }
        catch (InvalidDataException exception)
        {
            throw new HeadDamagedException($"The head '{path}' is damaged.", exception);
        }
    }

    /// <summary>The octets of a page.</summary>
    public static byte[] EncodePage(IReadOnlyList<MailboxRow> rows)
    {
        var writer = new MetadataWriter();
        Begin(writer, PageMagic, 0);
        WriteRows(writer, rows);
        return End(writer);
    }

    /// <summary>Reads a page.</summary>
    /// <exception cref="HeadDamagedException">It is none, damaged, or of a later version.</exception>
    public static IReadOnlyList<MailboxRow> DecodePage(ReadOnlySpan<byte> value, string path)
    {
        try
        {
            var reader = Open(value, PageMagic, path, out _);
            return ReadRows(ref reader);
        }
        catch (InvalidDataException exception)
        {
            throw new HeadDamagedException($"The page '{path}' is damaged.", exception);
        }
    }

    private static void Begin(MetadataWriter writer, uint magic, ushort flags)
    {
        writer.Reset();
        writer.WriteUInt32(magic);
        writer.WriteUInt16(Version);
        writer.WriteUInt16(flags);
    }

    private static byte[] End(MetadataWriter writer)
    {
        writer.WriteUInt32(LogChecksum.Of(writer.Written));
        return writer.Written.ToArray();
    }

    private static MetadataReader Open(ReadOnlySpan<byte> value, uint magic, string path, out ushort flags)
    {
        var reader = new MetadataReader(Checked.Content(value));
        if (reader.ReadUInt32() != magic)
            throw new InvalidDataException("It is something else.");
        var version = reader.ReadUInt16();
        flags = reader.ReadUInt16();
        return version == Version ? reader : throw new HeadDamagedException($"'{path}' is of version {version}; this program knows version {Version}.");
    }

    private static void WritePack(MetadataWriter writer, PackRef pack)
    {
        writer.WriteUInt32(pack.Number);
        writer.WriteString(pack.Name);
        writer.WriteUInt32(pack.Entries);
        writer.WriteInt64(pack.Octets);
        writer.WriteUlid(pack.LowestId);
        writer.WriteUlid(pack.HighestId);
        writer.WriteInt64(pack.Oldest);
        writer.WriteInt64(pack.Newest);
        writer.WriteInt64(pack.RawBytes);
        writer.WriteInt64(pack.DeadBytes);
        writer.WriteInt64(pack.DeadSince);
        writer.WriteUInt32((uint)pack.Dead.Ranges.Count);
        var end = 0u;
        foreach (var (from, to) in pack.Dead.Ranges)
        {
            writer.WriteNumber(from - end);
            writer.WriteNumber(to - from);
            end = to;
        }
    }

    private static PackRef ReadPack(ref MetadataReader reader)
    {
        var pack = new PackRef(
            reader.ReadUInt32(), reader.ReadString() ?? "", reader.ReadUInt32(), reader.ReadInt64(), reader.ReadUlid(), reader.ReadUlid(),
            reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64())
        {
            DeadBytes = reader.ReadInt64(),
            DeadSince = reader.ReadInt64(),
        };
        var ranges = new List<(uint From, uint To)>();
        var end = 0u;
        for (var left = reader.ReadUInt32(); left > 0; left--)
        {
            var from = end + reader.ReadNumber();
            end = from + reader.ReadNumber();
            ranges.Add((from, end));
        }

        return pack with { Dead = EntrySet.Of(ranges) };
    }

    private static void WriteRows(MetadataWriter writer, IReadOnlyList<MailboxRow> rows)
    {
        writer.WriteUInt32((uint)rows.Count);
        foreach (var row in rows)
        {
            writer.WriteUlid(row.Mailbox.Value);
            writer.WriteInt64(row.LastSequence);
            writer.WriteInt64(row.Messages);
            writer.WriteInt64(row.Bytes);
            writer.WriteInt64(row.LastMessageAt);
            writer.WriteNumber((uint)row.Runs.Count);
            foreach (var run in row.Runs)
            {
                writer.WriteUInt32(run.Pack);
                writer.WriteUInt32(run.First);
                writer.WriteUInt32(run.Count);
                writer.WriteInt64(run.FirstSequence);
            }
        }
    }

    private static List<MailboxRow> ReadRows(ref MetadataReader reader)
    {
        var rows = new List<MailboxRow>();
        for (var left = reader.ReadUInt32(); left > 0; left--)
        {
            var (mailbox, last, messages, bytes, at) = (new Incarnation(reader.ReadUlid()), reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64());
            var runs = new List<EntryRun>();
            for (var runsLeft = reader.ReadNumber(); runsLeft > 0; runsLeft--)
                runs.Add(new EntryRun(reader.ReadUInt32(), reader.ReadUInt32(), reader.ReadUInt32(), reader.ReadInt64()));
            rows.Add(new MailboxRow(mailbox, last, messages, bytes, at, runs));
        }

        return rows;
    }
}
