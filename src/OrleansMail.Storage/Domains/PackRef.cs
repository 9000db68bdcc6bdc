using System.Globalization;
using OrleansMail.Contracts.Storage;

namespace OrleansMail.Storage.Domains;

/// <summary>A pack as a domain's head knows it.</summary>
/// <param name="Number">Its number in the domain, never used again.</param>
/// <param name="Name">Its file's name.</param>
/// <param name="Entries">Entries in it, deleted ones too.</param>
/// <param name="Octets">Its length.</param>
/// <param name="LowestId">The lowest record id in it.</param>
/// <param name="HighestId">The highest.</param>
/// <param name="Oldest">When its oldest message was received, in UTC ticks.</param>
/// <param name="Newest">When its newest was.</param>
/// <param name="RawBytes">Octets of raw of all of its entries.</param>
internal sealed record PackRef(
    uint Number, string Name, uint Entries, long Octets, Ulid LowestId, Ulid HighestId, long Oldest, long Newest, long RawBytes)
{
    /// <summary>Entries that are deleted.</summary>
    public EntrySet Dead { get; init; } = EntrySet.Empty;

    /// <summary>Octets of raw of these.</summary>
    public long DeadBytes { get; init; }

    /// <summary>When the first of these was deleted, in UTC ticks; 0 when none is.</summary>
    public long DeadSince { get; init; }

    /// <summary>The log records that its name says it covers.</summary>
    public (long First, long Last) Covered =>
        Name.Split('-') is [var first, var last, ..] && long.TryParse(first, CultureInfo.InvariantCulture, out var from) && long.TryParse(last, CultureInfo.InvariantCulture, out var to)
            ? (from, to)
            : (0, 0);

    /// <summary>Whether everything in it is deleted.</summary>
    public bool IsDead => Dead.Count == Entries;

    /// <summary>Whether a record of that id may be in it.</summary>
    public bool MayHave(Ulid id) => LowestId.CompareTo(id) <= 0 && id.CompareTo(HighestId) <= 0;

    /// <summary>A name that nobody else draws.</summary>
    /// <param name="first">The first log record that it covers.</param>
    /// <param name="last">The last.</param>
    /// <param name="epoch">The owner's.</param>
    public static string CreateName(long first, long last, uint epoch)
    {
        var nonce = Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(4));
        return string.Create(CultureInfo.InvariantCulture, $"{first:0000000000}-{last:0000000000}-{epoch:x8}-{nonce}.blk");
    }

    /// <summary>Its path in the store.</summary>
    public string PathIn(DomainKey domain) => DomainPaths.Pack(domain, Name);
}
