using OrleansMail.Contracts.Mailboxes;

namespace OrleansMail.Grains.Mailboxes;

/// <summary>Which pages a domain has, as JSON: a page is written only after its bit is.</summary>
public sealed class MailboxPagesState
{
    /// <summary>Bit n is set when page n may exist.</summary>
    public ulong Pages { get; set; }
}

/// <summary>A 64th of a domain's mailboxes and aliases, as JSON, so that a change rewrites a small part however many there are.</summary>
public sealed class MailboxPageState
{
    /// <summary>The mailboxes by key.</summary>
    public Dictionary<string, MailboxEntry> Mailboxes { get; init; } = new(StringComparer.Ordinal);

    /// <summary>The aliases by key.</summary>
    public Dictionary<string, AliasEntry> Aliases { get; init; } = new(StringComparer.Ordinal);
}

/// <summary>A mailbox as stored.</summary>
/// <param name="LocalPart">In the case it was given in.</param>
/// <param name="Incarnation">This creation of it.</param>
/// <param name="Version">Raised by each change.</param>
/// <param name="Settings">Its settings.</param>
public sealed record MailboxEntry(string LocalPart, Ulid Incarnation, long Version, MailboxSettings Settings);

/// <summary>An alias as stored.</summary>
/// <param name="Alias">A local part, or a prefix pattern that ends in <c>*</c>.</param>
/// <param name="Incarnation">This creation of it.</param>
/// <param name="Version">Raised by each change.</param>
/// <param name="Targets">Addresses.</param>
public sealed record AliasEntry(string Alias, Ulid Incarnation, long Version, IReadOnlyList<string> Targets);
