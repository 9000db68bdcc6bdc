using CsCheck;
using OrleansMail.Contracts.Domains;
using OrleansMail.Contracts.Mailboxes;
using OrleansMail.Grains.Mailboxes;

namespace OrleansMail.Grains.Tests.Mailboxes;

/// <summary>The resolver against rules written down as plainly as they can be.</summary>
public sealed class AddressResolverTests
{
    private static readonly string?[] Separators = ["+", "-", null];
    private static readonly string?[] CatchAlls = ["a", "b+a", null];
    private static readonly Gen<string> Name = Gen.String[Gen.Char["abAB+-"], 1, 5];

    [Fact]
    public void It_finds_what_the_rules_say() =>
        Gen.Select(Name.Array[0, 6], Name.Array[0, 6], Name.Array[0, 4], Name, Gen.Int[0, 2], Gen.Bool, Gen.Int[0, 2])
            .Sample(t =>
            {
                var (mailboxes, aliases, prefixes, recipient, separator, exact, catchAll) = t;
                var settings = new DomainSettings(CatchAlls[catchAll], Separators[separator], ExactCase: exact);
                var book = new Book(settings, mailboxes, [.. aliases, .. prefixes.Select(p => p + "*")]);
                var match = AddressResolver.Find(settings, book, LocalPart.Parse(recipient));
                var name = match.Mailbox is { } m ? "mailbox " + m.LocalPart : match.Alias is { } a ? "alias " + a.Alias : null;
                return (name, match.Tag) == Model(settings, book, recipient);
            }, iter: 20_000);

    private static (string?, string?) Model(DomainSettings settings, Book book, string recipient)
    {
        string Fold(string s) => settings.ExactCase ? s : s.ToLowerInvariant();
        string? Exact(string s) => book.Mailboxes.ContainsKey(Fold(s)) ? "mailbox " + Fold(s) : book.Aliases.ContainsKey(Fold(s)) ? "alias " + Fold(s) : null;
        if (Exact(recipient) is { } whole)
            return (whole, null);
        var at = settings.Subaddressing is null ? -1 : recipient.IndexOf(settings.Subaddressing, StringComparison.Ordinal);
        var tag = at > 0 ? recipient[(at + 1)..] : null;
        var found = (at > 0 ? Exact(recipient[..at]) : null)
            ?? book.Aliases.Keys.Where(k => k.EndsWith('*') && Fold(recipient).StartsWith(k[..^1], StringComparison.Ordinal))
                .OrderByDescending(k => k.Length).Select(k => "alias " + k).FirstOrDefault()
            ?? (settings.CatchAll is null ? null : Exact(settings.CatchAll));
        return (found, found is null ? null : tag);
    }

    private sealed class Book : IAddressBook
    {
        public Book(DomainSettings settings, string[] mailboxes, string[] aliases)
        {
            foreach (var mailbox in mailboxes.Select(m => AddressResolver.Key(settings, LocalPart.Parse(m))))
                Mailboxes[mailbox] = new(mailbox, default, 1, new());
            foreach (var alias in aliases.Select(a => AddressResolver.Key(settings, LocalPart.Parse(a))))
                Aliases[alias] = new(alias, default, 1, []);
        }

        public Dictionary<string, MailboxEntry> Mailboxes { get; } = [];

        public Dictionary<string, AliasEntry> Aliases { get; } = [];

        public IEnumerable<int> PrefixLengths => Aliases.Keys.Where(k => k.EndsWith('*')).Select(k => k.Length - 1).Distinct().OrderDescending();

        public MailboxEntry? FindMailbox(string name) => Mailboxes.GetValueOrDefault(name);

        public AliasEntry? FindAlias(string name) => Aliases.GetValueOrDefault(name);
    }
}
