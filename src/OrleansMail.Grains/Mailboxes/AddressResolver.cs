using OrleansMail.Contracts.Domains;
using OrleansMail.Contracts.Mailboxes;

namespace OrleansMail.Grains.Mailboxes;

/// <summary>
/// What a local part leads to, as a pure function of a domain's settings and address book. Precedence: exact mailbox, exact alias,
/// sub-address of either (the first separator splits), longest prefix pattern, catch-all.
/// </summary>
internal static class AddressResolver
{
    /// <summary>Finds what a local part leads to in this domain, aliases not yet followed.</summary>
    public static AddressMatch Find(DomainSettings settings, IAddressBook book, LocalPart localPart)
    {
        var key = Key(settings, localPart);
        if (Exact(book, key) is { } exact)
            return exact;
        var (root, tag) = Split(settings, localPart);
        var match = root is { } name && Exact(book, Key(settings, name)) is { } tagged
            ? tagged
            : Pattern(book, key) ?? CatchAll(settings, book);
        return match is { } found ? found with { Tag = tag } : default;
    }

    /// <summary>The form in which a domain compares local parts.</summary>
    public static string Key(DomainSettings settings, LocalPart localPart) => settings.ExactCase ? localPart.Value : localPart.Key;

    private static (LocalPart? Root, string? Tag) Split(DomainSettings settings, LocalPart localPart) =>
        settings.Subaddressing is { } separator
        && localPart.Value.IndexOf(separator, StringComparison.Ordinal) is > 0 and var at
        && LocalPart.TryFromValue(localPart.Value[..at], out var root)
            ? ((LocalPart?)root, localPart.Value[(at + separator.Length)..])
            : (null, null);

    private static AddressMatch? Pattern(IAddressBook book, string key)
    {
        foreach (var length in book.PrefixLengths)
        {
            if (length <= key.Length && book.FindAlias(string.Concat(key.AsSpan(0, length), "*")) is { } alias)
                return new(null, alias);
        }

        return null;
    }

    private static AddressMatch? CatchAll(DomainSettings settings, IAddressBook book) =>
        settings.CatchAll is { } catchAll && LocalPart.TryParse(catchAll, out var taker) ? Exact(book, Key(settings, taker)) : null;

    private static AddressMatch? Exact(IAddressBook book, string key)
    {
        if (book.FindMailbox(key) is { } mailbox)
            return new(mailbox, null);
        return book.FindAlias(key) is { } alias ? new(null, alias) : null;
    }
}

/// <summary>A mailbox, an alias, or neither; and the sub-address that the recipient has, null when the whole local part was found.</summary>
internal readonly record struct AddressMatch(MailboxEntry? Mailbox, AliasEntry? Alias, string? Tag = null);
