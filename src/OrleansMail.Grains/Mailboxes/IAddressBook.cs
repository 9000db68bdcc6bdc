namespace OrleansMail.Grains.Mailboxes;

/// <summary>What addresses are resolved against. Keys are local parts in the form their domain compares them by.</summary>
internal interface IAddressBook
{
    /// <summary>The lengths that prefixes of pattern aliases have, longest first.</summary>
    IEnumerable<int> PrefixLengths { get; }

    /// <summary>The mailbox of exactly that name.</summary>
    MailboxEntry? FindMailbox(string name);

    /// <summary>The alias of exactly that name; a pattern's name is its prefix and <c>*</c>.</summary>
    AliasEntry? FindAlias(string name);
}
