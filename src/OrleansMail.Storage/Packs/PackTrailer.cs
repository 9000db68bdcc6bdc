using System.Buffers.Binary;
using OrleansMail.Contracts.Storage;
using OrleansMail.Storage.Logs;

namespace OrleansMail.Storage.Packs;

/// <summary>The last 176 octets of a pack: where everything in it is.</summary>
/// <param name="Nonce">The salt of all checksums, drawn at random.</param>
/// <param name="Tenant">Whose it is.</param>
/// <param name="Domain">Whose it is.</param>
/// <param name="DomainNumber">The domain's number in message ids.</param>
/// <param name="Mailboxes">Rows of the directory.</param>
/// <param name="Entries">Rows of entries.</param>
/// <param name="FirstRecord">The first log record that it covers.</param>
/// <param name="LastRecord">The last.</param>
/// <param name="MetadataAt">Where the metadata begin, behind the payloads.</param>
/// <param name="DirectoryAt">Where the directory begins; entries, ids and the sparse index of ids follow.</param>
/// <param name="LowestId">The lowest record id.</param>
/// <param name="HighestId">The highest.</param>
/// <param name="Oldest">When the oldest message was received, in UTC ticks.</param>
/// <param name="Newest">When the newest was.</param>
/// <param name="RawBytes">Octets of raw of all entries.</param>
internal sealed record PackTrailer(
    ulong Nonce, Ulid Tenant, Ulid Domain, uint DomainNumber, uint Mailboxes, uint Entries, long FirstRecord, long LastRecord, long MetadataAt, long DirectoryAt, Ulid LowestId, Ulid HighestId,
    long Oldest, long Newest, long RawBytes)
{
    /// <summary>Octets of it.</summary>
    public const int Size = 176;

    /// <summary>Most entries of a pack.</summary>
    public const int MaxEntries = 1 << 20;

    private const ulong Magic = 0x314B4341504D4F1A; // 1A "OMPACK1"
    private const int ChecksumAt = Size - sizeof(uint);

    /// <summary>Where the entries begin.</summary>
    public long EntriesAt => DirectoryAt + ((long)Mailboxes * PackMailbox.RowSize);

    /// <summary>Where the ids begin.</summary>
    public long IdsAt => EntriesAt + ((long)Entries * PackEntry.RowSize);

    /// <summary>Where the sparse index of ids begins.</summary>
    public long SparseAt => IdsAt + ((long)Entries * PackId.RowSize);

    /// <summary>Ids in the sparse index.</summary>
    public int SparseCount => (int)((Entries + PackId.BlockRows - 1) / PackId.BlockRows);

    /// <summary>Octets of the whole pack.</summary>
    public long Length => SparseAt + SparseSize + Size;

    /// <summary>Octets of the sparse index and its checksum.</summary>
    public int SparseSize => (SparseCount * 16) + 8;

    /// <summary>What a domain is called in records.</summary>
    public DomainKey DomainKey => new(new(Tenant), new(Domain), (int)DomainNumber);

    /// <summary>Reads it.</summary>
    /// <exception cref="PackDamagedException">It is none, damaged, of a later version, or not of a file of that length.</exception>
    public static PackTrailer Read(ReadOnlySpan<byte> octets, long length, string path)
    {
        if (octets.Length != Size || BinaryPrimitives.ReadUInt64LittleEndian(octets) != Magic
            || LogChecksum.Of(octets[..ChecksumAt]) != BinaryPrimitives.ReadUInt32LittleEndian(octets[ChecksumAt..]))
            throw new PackDamagedException($"'{path}' is no pack, damaged, or of a later version.");
        var trailer = new PackTrailer(
            BinaryPrimitives.ReadUInt64LittleEndian(octets[8..]),
            new Ulid(octets.Slice(16, 16)),
            new Ulid(octets.Slice(32, 16)),
            BinaryPrimitives.ReadUInt32LittleEndian(octets[48..]),
            BinaryPrimitives.ReadUInt32LittleEndian(octets[52..]),
            BinaryPrimitives.ReadUInt32LittleEndian(octets[56..]),
            BinaryPrimitives.ReadInt64LittleEndian(octets[64..]),
            BinaryPrimitives.ReadInt64LittleEndian(octets[72..]),
            BinaryPrimitives.ReadInt64LittleEndian(octets[80..]),
            BinaryPrimitives.ReadInt64LittleEndian(octets[88..]),
            new Ulid(octets.Slice(96, 16)),
            new Ulid(octets.Slice(112, 16)),
            BinaryPrimitives.ReadInt64LittleEndian(octets[128..]),
            BinaryPrimitives.ReadInt64LittleEndian(octets[136..]),
            BinaryPrimitives.ReadInt64LittleEndian(octets[144..]));
        return trailer.Entries is > 0 and <= MaxEntries && trailer.Mailboxes is > 0 and <= MaxEntries && trailer.Length == length
            ? trailer
            : throw new PackDamagedException($"'{path}' is not as long as it says.");
    }

    /// <summary>Writes it.</summary>
    public void Write(Span<byte> octets)
    {
        octets.Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(octets, Magic);
        BinaryPrimitives.WriteUInt64LittleEndian(octets[8..], Nonce);
        Tenant.TryWriteBytes(octets[16..]);
        Domain.TryWriteBytes(octets[32..]);
        BinaryPrimitives.WriteUInt32LittleEndian(octets[48..], DomainNumber);
        BinaryPrimitives.WriteUInt32LittleEndian(octets[52..], Mailboxes);
        BinaryPrimitives.WriteUInt32LittleEndian(octets[56..], Entries);
        BinaryPrimitives.WriteInt64LittleEndian(octets[64..], FirstRecord);
        BinaryPrimitives.WriteInt64LittleEndian(octets[72..], LastRecord);
        BinaryPrimitives.WriteInt64LittleEndian(octets[80..], MetadataAt);
        BinaryPrimitives.WriteInt64LittleEndian(octets[88..], DirectoryAt);
        LowestId.TryWriteBytes(octets[96..]);
        HighestId.TryWriteBytes(octets[112..]);
        BinaryPrimitives.WriteInt64LittleEndian(octets[128..], Oldest);
        BinaryPrimitives.WriteInt64LittleEndian(octets[136..], Newest);
        BinaryPrimitives.WriteInt64LittleEndian(octets[144..], RawBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(octets[ChecksumAt..], LogChecksum.Of(octets[..ChecksumAt]));
    }
}
