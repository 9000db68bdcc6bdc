using OrleansMail.Contracts.Domains;
using OrleansMail.Contracts.Mailboxes;

namespace OrleansMail.Grains.Mailboxes;

/// <summary>
/// What a local part leads to, as a pure function of a domain's settings and directory. Precedence: exact mailbox, exact alias,
/// sub-address of either (the first separator splits), longest prefix pattern, catch-all.
/// </summary>
internal static class AddressResolver
{
    /// <summary>Finds what a local part leads to in this domain, aliases not yet followed.</summary>
    public static AddressMatch Find(DomainSettings settings, MailboxDirectory directory, LocalPart localPart)
    {
        var key = Key(settings, localPart);
        if (Exact(directory, key) is { } exact)
            return exact;
        if (settings.Subaddressing is { } separator && localPart.Value.IndexOf(separator, StringComparison.Ordinal) is > 0 and var at
            && LocalPart.TryParse(localPart.Value[..at], out var root)
            && Exact(directory, Key(settings, root)) is { } tagged)
            return tagged with { Tag = localPart.Value[(at + separator.Length)..] };
        foreach (var prefix in directory.Prefixes)
        {
            if (key.StartsWith(prefix, StringComparison.Ordinal))
                return new(null, directory.Aliases[prefix + "*"]);
        }

        return settings.CatchAll is { } catchAll && LocalPart.TryParse(catchAll, out var taker)
            ? Exact(directory, Key(settings, taker)) ?? default
            : default;
    }

    /// <summary>The form in which a domain compares local parts.</summary>
    public static string Key(DomainSettings settings, LocalPart localPart) => settings.ExactCase ? localPart.Value : localPart.Key;

    private static AddressMatch? Exact(MailboxDirectory directory, string key)
    {
        if (directory.Mailboxes.TryGetValue(key, out var mailbox))
            return new(mailbox, null);
        return directory.Aliases.TryGetValue(key, out var alias) ? new(null, alias) : null;
    }
}

/// <summary>A mailbox, an alias, or neither; and the sub-address that was split off.</summary>
internal readonly record struct AddressMatch(MailboxEntry? Mailbox, AliasEntry? Alias, string? Tag = null);
