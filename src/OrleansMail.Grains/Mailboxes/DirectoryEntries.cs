using OrleansMail.Contracts.Mailboxes;

namespace OrleansMail.Grains.Mailboxes;

/// <summary>A mailbox as stored.</summary>
/// <param name="LocalPart">Unquoted, in the case it was given in.</param>
/// <param name="Incarnation">This creation of it.</param>
/// <param name="Version">Raised by each change.</param>
/// <param name="Settings">Its settings.</param>
/// <param name="Deleting">Gone for everyone; its messages are still to be forgotten.</param>
public sealed record MailboxEntry(string LocalPart, Ulid Incarnation, long Version, MailboxSettings Settings, bool Deleting = false);

/// <summary>An alias as stored.</summary>
/// <param name="Alias">A local part, unquoted, or a prefix pattern that ends in <c>*</c>.</param>
/// <param name="Incarnation">This creation of it.</param>
/// <param name="Version">Raised by each change.</param>
/// <param name="Targets">Addresses.</param>
public sealed record AliasEntry(string Alias, Ulid Incarnation, long Version, IReadOnlyList<string> Targets);
