using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;
using OrleansMail.Contracts;
using OrleansMail.Contracts.Domains;
using OrleansMail.Contracts.Mailboxes;
using OrleansMail.Contracts.Messages;
using OrleansMail.Contracts.Provisioning;
using OrleansMail.Grains.Partitions;

namespace OrleansMail.Grains.Mailboxes;

/// <inheritdoc cref="IMailboxesGrain"/>
internal sealed class MailboxesGrain(
    [FromKeyedServices(GrainStorageNames.Provider)] IGrainStorage storage,
    PartitionRouter partitions,
    TimeProvider time) : Grain, IMailboxesGrain
{
    private const int MaxAliasDepth = 8;
    private const int MaxMailboxes = 1000;
    private const int MaxTargets = 1000;
    private MailboxDirectory directory = null!;
    private DomainConfiguration? configuration;
    private PartitionClient partition;

    private DomainSettings Settings => configuration!.Domain.Settings;

    /// <inheritdoc/>
    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var (tenant, domain) = GrainKeys.ParseMailboxesKey(this.GetPrimaryKeyString());
        directory = new MailboxDirectory(storage, this.GetGrainId());
        await directory.LoadAsync();
        Configure(await GrainFactory.GetTenant(tenant).GetDomainConfigurationAsync(domain, cancellationToken));
    }

    /// <inheritdoc/>
    public ValueTask ConfigureAsync(DomainConfiguration? configuration, CancellationToken cancellationToken)
    {
        Configure(configuration);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public async ValueTask<Resolution> ResolveAsync(LocalPart localPart, int depth, CancellationToken cancellationToken)
    {
        if (configuration is null || configuration.Domain.Status == DomainStatus.Pending)
            return Resolution.Refused(ResolutionOutcome.DomainUnknown);
        if (configuration.TenantSuspended || configuration.Domain.Status == DomainStatus.Suspended)
            return Resolution.Refused(ResolutionOutcome.Suspended);
        if (Settings.Rehearsals && Rehearsal(localPart) is { } rehearsed and not ResolutionOutcome.RehearsedDelay)
            return Resolution.Refused(rehearsed);
        var match = AddressResolver.Find(Settings, directory, localPart);
        if (match.Mailbox is { } mailbox)
            return Deliverable(mailbox, match.Tag, localPart);
        return match.Alias is { } alias
            ? await ExpandAsync(alias, match.Tag, depth, cancellationToken)
            : Resolution.Refused(ResolutionOutcome.MailboxUnknown);
    }

    /// <inheritdoc/>
    public ValueTask<RecordReceipt> RecordAsync(MessageSubmission submission, CancellationToken cancellationToken)
    {
        // Asked again at the commit: what RCPT said may be outdated by now.
        if (configuration is null || configuration.Domain.Status == DomainStatus.Pending)
            return new(new RecordReceipt(RecordOutcome.Gone, default));
        if (configuration.TenantSuspended || configuration.Domain.Status == DomainStatus.Suspended)
            return new(new RecordReceipt(RecordOutcome.Suspended, default));
        foreach (var target in submission.Mailboxes)
        {
            if (Find(target) is not { } mailbox)
                return new(new RecordReceipt(RecordOutcome.Gone, default));
            if (mailbox.Settings.Suspended)
                return new(new RecordReceipt(RecordOutcome.Suspended, default));
        }

        return partition.RecordAsync(configuration.Domain.Key, submission, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask MarkSeenAsync(IReadOnlyList<Ulid> records) => configuration is null ? ValueTask.CompletedTask : partition.MarkSeenAsync(records);

    /// <inheritdoc/>
    public async ValueTask<MailboxPage?> ListMessagesAsync(LocalPart mailbox, Incarnation? incarnation, long after, int limit, TimeSpan wait, CancellationToken cancellationToken)
    {
        if (Find(mailbox) is not { } entry || incarnation is { } known && known.Value != entry.Incarnation)
            return null;
        var id = new Incarnation(entry.Incarnation);
        var page = await partition.ListAsync(id, after, limit, cancellationToken);
        if (page.Items.Count == 0 && wait > TimeSpan.Zero && await partition.WaitAsync(id, after, wait, cancellationToken))
            page = await partition.ListAsync(id, after, limit, cancellationToken);
        return new MailboxPage(Snapshot(entry), page);
    }

    /// <inheritdoc/>
    public async ValueTask<StoredMessage?> FindMessageAsync(MessageId id, CancellationToken cancellationToken)
    {
        if (configuration is null || configuration.Domain.Key.Number != id.Domain)
            return null;
        var message = await partition.FindAsync(configuration.Domain.Key.Domain, id, cancellationToken);
        return message is not null && Find(message.Mailbox) is not null ? message : null;
    }

    /// <inheritdoc/>
    public async ValueTask<Versioned<MailboxStatus>?> GetMailboxAsync(LocalPart mailbox, CancellationToken cancellationToken) =>
        Find(mailbox) is { } entry ? await StatusAsync(entry, cancellationToken) : null;

    /// <inheritdoc/>
    public async ValueTask<Page<MailboxStatus>?> ListMailboxesAsync(string? after, int limit, CancellationToken cancellationToken)
    {
        if (configuration is null)
            return null;
        var (keys, next) = Behind(directory.Mailboxes.Keys, after, limit);
        var items = new List<MailboxStatus>(keys.Count);
        foreach (var entry in keys.Select(k => directory.Mailboxes[k]).ToArray())
            items.Add((await StatusAsync(entry, cancellationToken)).Value);
        return new(items, next);
    }

    /// <inheritdoc/>
    public async ValueTask<ChangeResult<MailboxStatus>> PutMailboxAsync(LocalPart mailbox, MailboxSettings settings, string? ifMatch, CancellationToken cancellationToken)
    {
        if (configuration is null)
            return new(ChangeStatus.ParentNotFound);
        if (settings.RetentionDays is < 1 or > 36500)
            return new(ChangeStatus.Invalid, Field: "retentionDays", Problem: "From 1 to 36500, or null to keep messages.");
        var key = AddressResolver.Key(Settings, mailbox);
        var old = directory.Mailboxes.GetValueOrDefault(key);
        if (directory.Aliases.ContainsKey(key))
            return new(ChangeStatus.Invalid, Field: "mailbox", Problem: "There is an alias of that name.");
        if (ifMatch is not null && (old is null || ifMatch != Version(old.Incarnation, old.Version)))
            return new(ChangeStatus.VersionMismatch);
        var entry = old is null
            ? new MailboxEntry(mailbox.Value, Incarnation.Create(time).Value, 1, settings)
            : old with { Settings = settings, Version = old.Version + 1 };
        await SaveAsync(() => directory.SetMailboxAsync(key, entry));
        return new(old is null ? ChangeStatus.Created : ChangeStatus.Updated, await StatusAsync(entry, cancellationToken));
    }

    /// <inheritdoc/>
    public async ValueTask<ChangeStatus> DeleteMailboxAsync(LocalPart mailbox, string? ifMatch, CancellationToken cancellationToken)
    {
        if (Find(mailbox) is not { } entry)
            return ifMatch is null ? ChangeStatus.Deleted : ChangeStatus.VersionMismatch;
        if (ifMatch is not null && ifMatch != Version(entry.Incarnation, entry.Version))
            return ChangeStatus.VersionMismatch;
        await SaveAsync(() => directory.SetMailboxAsync(AddressResolver.Key(Settings, mailbox), null));
        return ChangeStatus.Deleted;
    }

    /// <inheritdoc/>
    public ValueTask<Versioned<MailAlias>?> GetAliasAsync(string alias, CancellationToken cancellationToken) =>
        new(AliasKey(alias) is { } key && directory.Aliases.TryGetValue(key, out var entry) ? Snapshot(entry) : null);

    /// <inheritdoc/>
    public ValueTask<Page<MailAlias>?> ListAliasesAsync(string? after, int limit, CancellationToken cancellationToken)
    {
        if (configuration is null)
            return new((Page<MailAlias>?)null);
        var (keys, next) = Behind(directory.Aliases.Keys, after, limit);
        return new(new Page<MailAlias>([.. keys.Select(k => Snapshot(directory.Aliases[k]).Value)], next));
    }

    /// <inheritdoc/>
    public async ValueTask<ChangeResult<MailAlias>> PutAliasAsync(string alias, IReadOnlyList<string> targets, string? ifMatch, CancellationToken cancellationToken)
    {
        if (configuration is null)
            return new(ChangeStatus.ParentNotFound);
        if (AliasKey(alias) is not { } key)
            return new(ChangeStatus.Invalid, Field: "alias", Problem: "A local part of 1 to 64 octets, or a prefix followed by '*'.");
        if (directory.Mailboxes.ContainsKey(key))
            return new(ChangeStatus.Invalid, Field: "alias", Problem: "There is a mailbox of that name.");
        if (await TargetProblemAsync(targets, key, cancellationToken) is { } problem)
            return new(ChangeStatus.Invalid, Field: "targets", Problem: problem);
        var old = directory.Aliases.GetValueOrDefault(key);
        if (ifMatch is not null && (old is null || ifMatch != Version(old.Incarnation, old.Version)))
            return new(ChangeStatus.VersionMismatch);
        var entry = old is null
            ? new AliasEntry(alias, Incarnation.Create(time).Value, 1, targets)
            : old with { Targets = targets, Version = old.Version + 1 };
        await SaveAsync(() => directory.SetAliasAsync(key, entry));
        return new(old is null ? ChangeStatus.Created : ChangeStatus.Updated, Snapshot(entry));
    }

    /// <inheritdoc/>
    public async ValueTask<ChangeStatus> DeleteAliasAsync(string alias, string? ifMatch, CancellationToken cancellationToken)
    {
        if (AliasKey(alias) is not { } key || !directory.Aliases.TryGetValue(key, out var entry))
            return ifMatch is null ? ChangeStatus.Deleted : ChangeStatus.VersionMismatch;
        if (ifMatch is not null && ifMatch != Version(entry.Incarnation, entry.Version))
            return ChangeStatus.VersionMismatch;
        await SaveAsync(() => directory.SetAliasAsync(key, null));
        return ChangeStatus.Deleted;
    }

    /// <inheritdoc/>
    public async ValueTask ClearAsync(CancellationToken cancellationToken) => await SaveAsync(directory.ClearAsync);

    private void Configure(DomainConfiguration? next)
    {
        configuration = next;
        if (next is not null)
            partition = partitions.For(next.Domain.Key);
    }

    private Resolution Deliverable(MailboxEntry mailbox, string? tag, LocalPart localPart)
    {
        if (mailbox.Settings.Suspended)
            return Resolution.Refused(ResolutionOutcome.Suspended);
        var outcome = Settings.Rehearsals && Rehearsal(localPart) == ResolutionOutcome.RehearsedDelay
            ? ResolutionOutcome.RehearsedDelay
            : ResolutionOutcome.Accepted;
        var domain = configuration!.Domain;
        return new(outcome, [new(domain.Name, domain.Key, mailbox.LocalPart, new(mailbox.Incarnation))], tag, configuration.MaxMessageBytes);
    }

    private async Task<Resolution> ExpandAsync(AliasEntry alias, string? tag, int depth, CancellationToken cancellationToken)
    {
        if (depth >= MaxAliasDepth)
            return Resolution.Refused(ResolutionOutcome.AliasLoop);
        var found = new Dictionary<Incarnation, ResolvedMailbox>();
        var refusal = ResolutionOutcome.MailboxUnknown;
        foreach (var target in alias.Targets)
        {
            var resolution = await ResolveTargetAsync(target, depth + 1, cancellationToken);
            if (resolution.Outcome is not (ResolutionOutcome.Accepted or ResolutionOutcome.MailboxUnknown or ResolutionOutcome.DomainUnknown))
                return resolution; // a target that is deferred defers the alias: none of its mailboxes may miss the message
            foreach (var mailbox in resolution.Targets)
                found.TryAdd(mailbox.Incarnation, mailbox);
            if (found.Count > MaxMailboxes)
                return Resolution.Refused(ResolutionOutcome.TooManyMailboxes);
        }

        return found.Count == 0
            ? Resolution.Refused(refusal)
            : new(ResolutionOutcome.Accepted, [.. found.Values], tag, configuration!.MaxMessageBytes);
    }

    private ValueTask<Resolution> ResolveTargetAsync(string target, int depth, CancellationToken cancellationToken)
    {
        if (!TryParseAddress(target, out var localPart, out var domain))
            return new(Resolution.Refused(ResolutionOutcome.MailboxUnknown));
        return domain == configuration!.Domain.Name
            ? ResolveAsync(localPart, depth, cancellationToken)
            : GrainFactory.GetMailboxes(configuration.Tenant, domain).ResolveAsync(localPart, depth, cancellationToken);
    }

    // Loops are refused here as far as they can be seen, and bounded by depth when a message comes.
    private async Task<string?> TargetProblemAsync(IReadOnlyList<string> targets, string key, CancellationToken cancellationToken)
    {
        if (targets.Count is 0 or > MaxTargets)
            return $"From 1 to {MaxTargets} addresses.";
        foreach (var target in targets)
        {
            if (!TryParseAddress(target, out var localPart, out var domain))
                return $"'{Shown(target)}' is not an address.";
            var own = domain == configuration!.Domain.Name;
            if (own && AddressResolver.Key(Settings, localPart) == key)
                return "An alias can't point at itself.";
            if (!own && await GrainFactory.GetTenant(configuration.Tenant).GetDomainAsync(domain, cancellationToken) is null)
                return $"'{domain}' is not a domain of this tenant.";
            if ((await ResolveTargetAsync(target, 1, cancellationToken)).Outcome == ResolutionOutcome.AliasLoop)
                return $"'{Shown(target)}' leads back to itself.";
        }

        return null;
    }

    private static bool TryParseAddress(string address, out LocalPart localPart, out DomainName domain)
    {
        var at = address.LastIndexOf('@');
        localPart = default;
        domain = default;
        return at > 0 && LocalPart.TryParse(address[..at], out localPart) && DomainName.TryParse(address[(at + 1)..], out domain);
    }

    private static string Shown(string text) => text.Length <= 80 ? text : text[..80] + "…";

    private MailboxEntry? Find(LocalPart mailbox) =>
        configuration is null ? null : directory.Mailboxes.GetValueOrDefault(AddressResolver.Key(Settings, mailbox));

    private MailboxEntry? Find(RecordedMailbox mailbox) =>
        LocalPart.TryParse(mailbox.LocalPart, out var localPart) && Find(localPart) is { } entry && entry.Incarnation == mailbox.Incarnation.Value
            ? entry
            : null;

    private string? AliasKey(string alias)
    {
        var pattern = alias.EndsWith('*');
        return configuration is not null && LocalPart.TryParse(pattern ? alias[..^1] : alias, out var localPart)
            ? AddressResolver.Key(Settings, localPart) + (pattern ? "*" : "")
            : null;
    }

    private async Task<Versioned<MailboxStatus>> StatusAsync(MailboxEntry entry, CancellationToken cancellationToken) =>
        new(new MailboxStatus(Snapshot(entry), await partition.GetUsageAsync(new(entry.Incarnation), cancellationToken)), Version(entry.Incarnation, entry.Version));

    private Mailbox Snapshot(MailboxEntry entry) =>
        new(LocalPart.Parse(entry.LocalPart), configuration!.Domain.Name, new(entry.Incarnation), entry.Settings);

    private Versioned<MailAlias> Snapshot(AliasEntry entry) =>
        new(new MailAlias(entry.Alias, configuration!.Domain.Name, entry.Targets), Version(entry.Incarnation, entry.Version));

    // A write that fails leaves memory ahead of the store: what is stored counts, so it is read again.
    private async Task SaveAsync(Func<Task> change)
    {
        try
        {
            await change();
        }
        catch
        {
            DeactivateOnIdle();
            throw;
        }
    }

    private static (List<string> Keys, string? Next) Behind(IEnumerable<string> keys, string? after, int limit)
    {
        var found = keys.Where(k => after is null || string.CompareOrdinal(k, after) > 0).Take(limit + 1).ToList();
        if (found.Count <= limit)
            return (found, null);
        found.RemoveAt(limit);
        return (found, found[^1]);
    }

    private static ResolutionOutcome? Rehearsal(LocalPart localPart) => localPart.Key switch
    {
        "550" => ResolutionOutcome.MailboxUnknown,
        "450" => ResolutionOutcome.RehearsedDeferral,
        "quota" => ResolutionOutcome.RehearsedQuota,
        "slow" => ResolutionOutcome.RehearsedDelay,
        _ => null,
    };

    private static string Version(Ulid incarnation, long version) =>
        string.Create(CultureInfo.InvariantCulture, $"{incarnation.ToString()[^8..]}-{version}");
}
