namespace OrleansMail.Contracts.Storage;

/// <summary>How long the messages of a domain are kept.</summary>
/// <param name="Days">Days until a message expires, where a mailbox has no time of its own; null to keep it.</param>
/// <param name="Mailboxes">The mailboxes that have a time of their own; null in it keeps a mailbox's messages.</param>
/// <param name="Hold">A legal hold: nothing expires, and what was deleted stays in the store, hidden, until the hold ends.</param>
[GenerateSerializer, Immutable, Alias("orleansmail.retention-policy")]
public sealed record RetentionPolicy(
    [property: Id(0)] int? Days,
    [property: Id(1)] IReadOnlyDictionary<Incarnation, int?> Mailboxes,
    [property: Id(2)] bool Hold)
{
    /// <summary>The most days that can be set: 100 years.</summary>
    public const int MaxDays = 36500;

    /// <summary>Keeps everything.</summary>
    public static RetentionPolicy Keep { get; } = new(null, new Dictionary<Incarnation, int?>(), false);

    /// <summary>Days until a message of a mailbox expires; null when it is kept.</summary>
    public int? DaysOf(Incarnation mailbox) => Mailboxes.TryGetValue(mailbox, out var days) ? days : Days;
}

/// <summary>What a maintenance of a domain did.</summary>
/// <param name="Expired">Messages that expired.</param>
/// <param name="PacksDropped">Packs removed whole.</param>
/// <param name="PacksCompacted">Packs written anew without what was deleted.</param>
/// <param name="BytesFreed">Octets that the store gave back.</param>
/// <param name="Orphans">Objects removed that nothing referred to.</param>
/// <param name="Deleted">Messages whose octets are still in the store though they were deleted: under a hold, or not yet due.</param>
[GenerateSerializer, Immutable, Alias("orleansmail.maintenance-report")]
public sealed record MaintenanceReport(
    [property: Id(0)] long Expired,
    [property: Id(1)] int PacksDropped,
    [property: Id(2)] int PacksCompacted,
    [property: Id(3)] long BytesFreed,
    [property: Id(4)] int Orphans,
    [property: Id(5)] long Deleted);
