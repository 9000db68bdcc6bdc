using OrleansMail.Contracts;
using OrleansMail.Storage.Domains;

namespace OrleansMail.Storage.Verification;

/// <summary>What packs have of one mailbox.</summary>
internal sealed class MailboxTally
{
    /// <summary>Entries that are not deleted.</summary>
    public long Messages { get; set; }

    /// <summary>Octets of raw of these.</summary>
    public long Bytes { get; set; }

    /// <summary>The highest sequence.</summary>
    public long LastSequence { get; set; }

    /// <summary>When the newest was received, in UTC ticks.</summary>
    public long Latest { get; set; }

    /// <summary>Where the entries are, pack by pack.</summary>
    public List<EntryRun> Runs { get; } = [];
}

/// <summary>What all packs of a domain have: about 100 octets for each mailbox of each pack.</summary>
internal sealed class DomainTally
{
    /// <summary>The mailboxes.</summary>
    public Dictionary<Incarnation, MailboxTally> Mailboxes { get; } = [];

    /// <summary>Large payloads that packs and logs refer to.</summary>
    public Dictionary<Ulid, ReferredObject> Objects { get; } = [];

    /// <summary>Packs that could not be read whole: what they have is not counted.</summary>
    public HashSet<uint> Unread { get; } = [];

    /// <summary>The tally of a mailbox, made when it is new.</summary>
    public MailboxTally Of(Incarnation mailbox)
    {
        if (!Mailboxes.TryGetValue(mailbox, out var tally))
            Mailboxes[mailbox] = tally = new MailboxTally();
        return tally;
    }
}
