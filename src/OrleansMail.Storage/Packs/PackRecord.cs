using OrleansMail.Storage.Logs;

namespace OrleansMail.Storage.Packs;

/// <summary>A record on its way into a pack.</summary>
/// <param name="Octets">Header and metadata, in a buffer of the caller's: the header is written anew.</param>
/// <param name="Summary">What they say.</param>
/// <param name="Places">The places of the mailboxes that still have it, at least one, and whether the entry is deleted and only held.</param>
internal sealed record PackRecord(Memory<byte> Octets, MessageSummary Summary, IReadOnlyList<(ushort Place, bool IsDead)> Places)
{
    /// <summary>The payload as it is; empty when it is an object or in a pack.</summary>
    public ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>The entry of the pack that holds the payload, as it is stored there.</summary>
    public (PackReader Reader, PackEntry Entry)? Stored { get; init; }

    /// <summary>Octets that it takes in a pack, about.</summary>
    public long Size => Octets.Length + (Stored?.Entry.StoredLength ?? Payload.Length) + (Places.Count * (PackEntry.RowSize + PackId.RowSize));
}

/// <summary>What a pack that was written holds.</summary>
/// <param name="Trailer">Its trailer.</param>
/// <param name="Mailboxes">Its directory.</param>
/// <param name="Dead">The entries that are only held, in order.</param>
/// <param name="DeadBytes">Octets of raw of these.</param>
internal sealed record PackSummary(PackTrailer Trailer, IReadOnlyList<PackMailbox> Mailboxes, IReadOnlyList<(uint Index, Contracts.Incarnation Mailbox, long Size)> Dead, long DeadBytes);
