using OrleansMail.Contracts;
using OrleansMail.Contracts.Storage;

namespace OrleansMail.Storage.Domains;

/// <summary>A page of mailbox rows, an immutable object of its own.</summary>
/// <param name="Name">Its file's name.</param>
/// <param name="First">The lowest mailbox in it; the first page takes what is lower too.</param>
/// <param name="Rows">How many rows are in it.</param>
internal sealed record PageRef(string Name, Ulid First, int Rows);

/// <summary>
/// The root of what a domain has in packs: the value <c>t/{tenant}/{domain}/head</c>, written with If-Match by the partition's owner.
/// Immutable in memory: each change is a new head. It grows by 120 octets for each pack, which is up to 64 MiB of mail.
/// </summary>
/// <param name="Domain">Whose it is.</param>
/// <param name="Generation">Of the partitions.</param>
/// <param name="Epoch">Of the owner that wrote it.</param>
/// <param name="Applied">The last log record of that generation's partition whose effects are in it: a log that is replayed is skipped up to here.</param>
/// <param name="NextPack">The number of the next pack.</param>
/// <param name="Packs">The packs, in order of the log records they cover.</param>
internal sealed record DomainHead(DomainKey Domain, int Generation, uint Epoch, long Applied, uint NextPack, IReadOnlyList<PackRef> Packs)
{
    /// <summary>The mailboxes, sorted, while they are few; empty when <see cref="Pages"/> hold them.</summary>
    public IReadOnlyList<MailboxRow> Rows { get; init; } = [];

    /// <summary>Pages of mailboxes, sorted.</summary>
    public IReadOnlyList<PageRef> Pages { get; init; } = [];

    /// <summary>A legal hold: nothing that was stored is given back.</summary>
    public bool Hold { get; init; }

    /// <summary>Messages that are not deleted, of all mailboxes.</summary>
    public long Messages { get; init; }

    /// <summary>Octets of raw of these.</summary>
    public long Bytes { get; init; }

    /// <summary>A domain without packs.</summary>
    public static DomainHead Empty(DomainKey domain, int generation) => new(domain, generation, 0, 0, 1, []);

    /// <summary>The last log record of a generation's partition whose effects are in it.</summary>
    public long AppliedOf(int generation) => generation == Generation ? Applied : generation < Generation ? long.MaxValue : 0;

    /// <summary>The row of a mailbox, where the head has no pages; null when there is none.</summary>
    public MailboxRow? FindRow(Incarnation mailbox) => MailboxPages.IndexOf(Rows, mailbox) is >= 0 and var at ? Rows[at] : null;

    /// <summary>The pack of a number; null when it is none of this head's.</summary>
    public PackRef? FindPack(uint number)
    {
        // Packs keep their order when they are merged, their numbers do not.
        foreach (var pack in Packs)
        {
            if (pack.Number == number)
                return pack;
        }

        return null;
    }
}
