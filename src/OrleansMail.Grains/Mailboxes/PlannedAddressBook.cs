namespace OrleansMail.Grains.Mailboxes;

/// <summary>An address book as it would be with one alias more: what the alias leads to is asked before it is stored.</summary>
internal sealed class PlannedAddressBook(IAddressBook book, string key, AliasEntry alias) : IAddressBook
{
    /// <inheritdoc/>
    public IEnumerable<int> PrefixLengths => key.EndsWith('*')
        ? book.PrefixLengths.Append(key.Length - 1).Distinct().OrderDescending()
        : book.PrefixLengths;

    /// <inheritdoc/>
    public MailboxEntry? FindMailbox(string name) => book.FindMailbox(name);

    /// <inheritdoc/>
    public AliasEntry? FindAlias(string name) => name == key ? alias : book.FindAlias(name);
}
