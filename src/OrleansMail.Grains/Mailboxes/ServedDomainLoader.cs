using Orleans.Storage;
using OrleansMail.Contracts;
using OrleansMail.Contracts.Domains;
using OrleansMail.Contracts.Storage;
using OrleansMail.Contracts.Tenants;
using OrleansMail.Grains.Partitions;

namespace OrleansMail.Grains.Mailboxes;

/// <summary>
/// Keeps what a mailboxes grain works by: read at the first call, so that a store that is away fails calls and not activations, and
/// read again after a write that failed. Calls interleave.
/// </summary>
internal sealed class ServedDomainLoader(IGrainStorage storage, IGrainFactory grains, PartitionRouter partitions, LocalDomains local, GrainId grain)
{
    private readonly (TenantId Tenant, DomainName Domain) key = GrainKeys.ParseMailboxesKey(grain.Key.ToString()!);
    private Task<MailboxDirectory>? directory;
    private DomainConfiguration? configuration;
    private ServedDomain? current;

    /// <summary>The domain as it is now; null when the tenant has none of that name.</summary>
    /// <exception cref="StoreUnavailableException">The store can't be read.</exception>
    public ValueTask<ServedDomain?> GetAsync(CancellationToken cancellationToken) =>
        current is { Owned: true } ? new(current) : new(LoadAsync(cancellationToken));

    /// <summary>The directory, also of a domain that is being deleted.</summary>
    public async Task<MailboxDirectory> GetDirectoryAsync()
    {
        var task = directory ??= MailboxDirectory.LoadAsync(storage, grain);
        try
        {
            return await task;
        }
        catch
        {
            if (ReferenceEquals(directory, task))
                directory = null;
            throw;
        }
    }

    /// <summary>Takes over what the tenant says, which is never older than what was asked of it before.</summary>
    public void Configure(DomainConfiguration? next)
    {
        configuration = next;
        Serve(null);
    }

    /// <summary>Makes the next call read everything again.</summary>
    public void Forget()
    {
        directory = null;
        Configure(null);
    }

    // A domain that is unknown or not owned yet is asked for again each time: a message of the tenant grain that was lost does no
    // lasting harm, and little mail comes to such domains.
    private async Task<ServedDomain?> LoadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (configuration is not { Domain.Status: not DomainStatus.Pending } known)
            {
                var before = configuration;
                known = await grains.GetTenant(key.Tenant).GetDomainConfigurationAsync(key.Domain, cancellationToken);
                if (!ReferenceEquals(before, configuration))
                    continue; // told meanwhile: that is newer
                configuration = known;
            }

            if (known is null)
                return null;
            var loaded = await GetDirectoryAsync();
            var partition = partitions.For(known.Domain.Key, known.Place);
            if (ReferenceEquals(known, configuration) && directory is { IsCompletedSuccessfully: true } && ReferenceEquals(directory.Result, loaded))
                return Serve(new(known, loaded, partition));
        }
    }

    private ServedDomain? Serve(ServedDomain? domain)
    {
        current = domain;
        local.Set(key, domain is { Owned: true } ? domain : null);
        return domain;
    }
}
