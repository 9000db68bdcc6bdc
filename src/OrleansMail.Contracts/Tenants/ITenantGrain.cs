using Orleans.Concurrency;
using OrleansMail.Contracts.Domains;
using OrleansMail.Contracts.Provisioning;

namespace OrleansMail.Contracts.Tenants;

/// <summary>One tenant: its settings and its domains. Key: the tenant's id. Small, rarely written, never on the path of a message.</summary>
[Alias("orleansmail.tenant")]
public interface ITenantGrain : IGrainWithStringKey
{
    /// <summary>The tenant; null when it does not exist.</summary>
    [Alias("get")]
    ValueTask<Versioned<Tenant>?> GetAsync(CancellationToken cancellationToken);

    /// <summary>This creation of the tenant; null when it does not exist, which it does no more once its deletion has begun.</summary>
    [Alias("incarnation"), AlwaysInterleave]
    ValueTask<Incarnation?> GetIncarnationAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Creates or replaces the tenant's settings. A legal hold is in force in the stores of all domains when the task completes. Held when it asks for
    /// one while a deletion of the tenant has begun.
    /// </summary>
    /// <param name="settings">All of them.</param>
    /// <param name="ifMatch">The version the caller saw; null to overwrite whatever is there.</param>
    /// <param name="cancellationToken">Ends the wait, not the change.</param>
    /// <exception cref="Storage.StoreUnavailableException">Also: the change is made, and a hold not in force everywhere; repeating it goes on.</exception>
    [Alias("put"), ResponseTimeout("00:00:30")]
    ValueTask<ChangeResult<Tenant>> PutAsync(TenantSettings settings, string? ifMatch, CancellationToken cancellationToken);

    /// <summary>Deletes the tenant with its keys, domains and mailboxes; no error when it does not exist. Invalid for the operator's (<see cref="OperatorMailbox"/>), held while it or one of its domains is under a legal hold.</summary>
    [Alias("delete")]
    ValueTask<ChangeStatus> DeleteAsync(string? ifMatch, CancellationToken cancellationToken);

    /// <summary>A domain of the tenant; null when it has none of that name.</summary>
    [Alias("get-domain")]
    ValueTask<Versioned<Domain>?> GetDomainAsync(DomainName name, CancellationToken cancellationToken);

    /// <summary>The domain with that number; null when it is gone. Message ids carry the number.</summary>
    [Alias("find-domain"), AlwaysInterleave]
    ValueTask<DomainName?> FindDomainAsync(int number, CancellationToken cancellationToken);

    /// <summary>The tenant's domains behind <paramref name="after"/>, in order of their names.</summary>
    [Alias("list-domains")]
    ValueTask<Page<Domain>> ListDomainsAsync(string? after, int limit, CancellationToken cancellationToken);

    /// <summary>
    /// Creates or replaces a domain and claims its name. A legal hold, the tenant's or its own, is in force in its store when the task completes. Held
    /// when a deletion of the name's last owner here broke off and a hold keeps what is left.
    /// </summary>
    /// <exception cref="Storage.StoreUnavailableException">Also: the change is made, and a hold not in force; repeating it goes on.</exception>
    [Alias("put-domain"), ResponseTimeout("00:00:30")]
    ValueTask<ChangeResult<Domain>> PutDomainAsync(DomainName name, DomainSettings settings, string? ifMatch, CancellationToken cancellationToken);

    /// <summary>Tries to prove the ownership of a pending domain; null when the tenant has none of that name.</summary>
    [Alias("verify-domain")]
    ValueTask<Versioned<Domain>?> VerifyDomainAsync(DomainName name, CancellationToken cancellationToken);

    /// <summary>Deletes a domain with its mailboxes and gives its name up; no error when the tenant has none of that name. Invalid for the operator's (<see cref="OperatorMailbox"/>), held under a legal hold.</summary>
    [Alias("delete-domain")]
    ValueTask<ChangeStatus> DeleteDomainAsync(DomainName name, string? ifMatch, CancellationToken cancellationToken);

    /// <summary>What the mailboxes grain of a domain works by; null when the tenant has no such domain.</summary>
    [Alias("domain-configuration"), AlwaysInterleave]
    ValueTask<DomainConfiguration?> GetDomainConfigurationAsync(DomainName name, CancellationToken cancellationToken);

    /// <summary>Whether a domain may have one mailbox more under the tenant's limit, which holds over all its domains.</summary>
    /// <param name="name">The domain that asks.</param>
    /// <param name="mailboxes">How many it has.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Alias("has-room-for-mailbox"), AlwaysInterleave]
    ValueTask<bool> HasRoomForMailboxAsync(DomainName name, int mailboxes, CancellationToken cancellationToken);
}
