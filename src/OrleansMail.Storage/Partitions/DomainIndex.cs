using OrleansMail.Contracts;
using OrleansMail.Contracts.Storage;
using OrleansMail.Storage.Domains;
using OrleansMail.Storage.Logs;

namespace OrleansMail.Storage.Partitions;

/// <summary>What a partition holds of one domain: its head, and what logs have on top of it. <see cref="PartitionIndex"/>'s gate guards it.</summary>
/// <param name="key">Whose it is.</param>
internal sealed class DomainIndex(DomainKey key)
{
    /// <summary>Whose it is.</summary>
    public DomainKey Key => key;

    /// <summary>The head as it was last read or written; null until it is first needed.</summary>
    public StoredHead? Head { get; set; }

    /// <summary>The one reading of the head that is under way.</summary>
    public Task<StoredHead>? Loading { get; set; }

    /// <summary>The mailboxes that are in use.</summary>
    public Dictionary<Incarnation, MailboxIndex> Mailboxes { get; } = [];

    /// <summary>The records in logs, in their order.</summary>
    public ChunkedQueue<RecordEntry> Records { get; } = new(256);

    /// <summary>Octets of these.</summary>
    public long Bytes { get; set; }

    /// <summary>What logs change in it beside messages, in their order.</summary>
    public List<LoggedChange> Changes { get; } = [];

    /// <summary>The domain has ended.</summary>
    public bool IsForgotten { get; set; }

    /// <summary>When the next message expires, under the policy and head that this was worked out for.</summary>
    public (RetentionPolicy Policy, StoredHead? Head, long Due)? NextExpiry { get; set; }

    /// <summary>When its folder was last looked through for orphans.</summary>
    public DateTimeOffset SweptAt { get; set; }

    /// <summary>Calls that need it in memory.</summary>
    public int Pins { get; set; }

    /// <summary>Whether it was used since it was last looked at for eviction.</summary>
    public bool Touched { get; set; }

    /// <summary>Whether it is in line for eviction.</summary>
    public bool IsQueued { get; set; }

    /// <summary>Whether it holds nothing that the store doesn't.</summary>
    public bool IsIdle => Pins == 0 && Records.Count == 0 && Changes.Count == 0 && Loading is null && !IsForgotten && Mailboxes.Values.All(static m => m.IsIdle);
}

/// <summary>A change of a domain in a log.</summary>
/// <param name="Number">Its log record's number.</param>
/// <param name="Change">It.</param>
internal sealed record LoggedChange(long Number, ChangeRecord Change);
