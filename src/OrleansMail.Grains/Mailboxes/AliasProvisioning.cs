using OrleansMail.Contracts;
using OrleansMail.Contracts.Domains;
using OrleansMail.Contracts.Mailboxes;
using OrleansMail.Contracts.Provisioning;
using OrleansMail.Grains.Provisioning;

namespace OrleansMail.Grains.Mailboxes;

/// <summary>The aliases of a domain as they are set up and shown.</summary>
internal sealed class AliasProvisioning(IGrainFactory grains, RecipientResolver resolver, TimeProvider time)
{
    private const int MaxTargets = 1000;

    /// <inheritdoc cref="IMailboxesGrain.GetAliasAsync"/>
    public static Versioned<MailAlias>? Get(ServedDomain domain, string alias) =>
        TryParse(alias, out var name) && domain.Directory.FindAlias(domain.Key(name)) is { } entry ? Show(domain, entry) : null;

    /// <inheritdoc cref="IMailboxesGrain.ListAliasesAsync"/>
    public static Page<MailAlias> List(ServedDomain domain, string? after, int limit)
    {
        limit = Paging.Clamp(limit);
        var page = Paging.Cut(domain.Directory.Aliases.Behind(after, limit + 1), limit, e => e.Key);
        return new([.. page.Items.Select(e => Show(domain, e.Value).Value)], page.Next);
    }

    /// <inheritdoc cref="IMailboxesGrain.PutAliasAsync"/>
    public async ValueTask<ChangeResult<MailAlias>> PutAsync(
        ServedDomain domain, string alias, IReadOnlyList<string> targets, string? ifMatch, CancellationToken cancellationToken)
    {
        if (!TryParse(alias, out var name))
            return new FieldProblem("alias", "A local part of 1 to 64 octets, or a prefix of at least one character followed by '*'.").ToResult<MailAlias>();
        var key = domain.Key(name);
        var old = domain.Directory.FindAlias(key);
        if (!VersionTag.Allows(ifMatch, old is null ? null : Version(old)))
            return new(ChangeStatus.VersionMismatch);
        if (domain.Directory.FindMailbox(key) is not null)
            return new FieldProblem("alias", "There is a mailbox of that name.").ToResult<MailAlias>();
        if (await ParseTargetsAsync(domain, targets, cancellationToken) is var (addresses, fault) && fault is not null)
            return new FieldProblem("targets", fault).ToResult<MailAlias>();
        var entry = old is null
            ? new AliasEntry(name.Value, Incarnation.Create(time).Value, 1, addresses)
            : old with { Targets = addresses, Version = old.Version + 1 };
        if (await LoopAsync(domain, key, name, entry, cancellationToken) is { } loop)
            return new FieldProblem("targets", loop).ToResult<MailAlias>();
        await domain.Directory.SetAliasAsync(key, entry);
        return new(old is null ? ChangeStatus.Created : ChangeStatus.Updated, Show(domain, entry));
    }

    /// <inheritdoc cref="IMailboxesGrain.DeleteAliasAsync"/>
    public static async ValueTask<ChangeStatus> DeleteAsync(ServedDomain domain, string alias, string? ifMatch)
    {
        var key = TryParse(alias, out var name) ? domain.Key(name) : null;
        var entry = key is null ? null : domain.Directory.FindAlias(key);
        if (!VersionTag.Allows(ifMatch, entry is null ? null : Version(entry)))
            return ChangeStatus.VersionMismatch;
        if (entry is not null)
            await domain.Directory.SetAliasAsync(key!, null);
        return ChangeStatus.Deleted;
    }

    private async ValueTask<(IReadOnlyList<string> Addresses, string? Fault)> ParseTargetsAsync(
        ServedDomain domain, IReadOnlyList<string> targets, CancellationToken cancellationToken)
    {
        if (targets is not { Count: > 0 and <= MaxTargets })
            return ([], $"From 1 to {MaxTargets} addresses.");
        var addresses = new List<string>(targets.Count);
        var domains = new HashSet<DomainName> { domain.Name };
        foreach (var target in targets)
        {
            if (!MailAddress.TryParse(target, out var address))
                return ([], $"'{Shown(target)}' is not an address.");
            if (domains.Add(address.Domain)
                && await grains.GetTenant(domain.Configuration.Tenant).GetDomainConfigurationAsync(address.Domain, cancellationToken) is null)
                return ([], $"'{address.Domain}' is not a domain of this tenant.");
            addresses.Add(address.ToString());
        }

        return ([.. addresses.Distinct(StringComparer.Ordinal)], null);
    }

    // As far as it can be seen now: aliases of several domains can change at the same time, so following them is bounded as well.
    private async ValueTask<string?> LoopAsync(ServedDomain domain, string key, LocalPart name, AliasEntry entry, CancellationToken cancellationToken)
    {
        var planned = new PlannedAddressBook(domain.Directory, key, entry);
        var expansion = resolver.Expansion(domain, planned, entry.Targets, cancellationToken);
        var outcome = (await expansion.RunAsync(new(ResolutionOutcome.Accepted, [], Onward: entry.Targets))).Outcome;
        if (expansion.CameBy)
            return $"One of them leads back to '{Shown(name.Value)}'.";
        return outcome switch
        {
            ResolutionOutcome.AliasLoop => "They lead over too many aliases in a row, or in a circle.",
            ResolutionOutcome.TooManyMailboxes => $"They lead to more than {AliasExpansion.MaxMailboxes} mailboxes.",
            _ => null,
        };
    }

    private static bool TryParse(string alias, out LocalPart name) =>
        LocalPart.TryParse(alias, out name) && name.Value != "*"; // a domain's catch-all is a setting of it

    private static string Shown(string? text) => text is { Length: > 80 } ? text[..80] + "…" : text ?? "";

    private static Versioned<MailAlias> Show(ServedDomain domain, AliasEntry entry) =>
        new(new(entry.Alias, domain.Name, entry.Targets), Version(entry));

    private static string Version(AliasEntry entry) => VersionTag.Of(entry.Incarnation, entry.Version);
}
