namespace OrleansMail.Contracts.Keys;

/// <summary>Whose key a secret is. Key: the <see cref="ApiKeyHash"/> of the secret. Answers may be used for a second.</summary>
[Alias("orleansmail.api-key")]
public interface IApiKeyGrain : IGrainWithStringKey
{
    /// <summary>
    /// What the key stands for; null when there is none, it has expired, or its tenant was deleted since, also while that deletion is
    /// under way and when a tenant of that name exists again.
    /// </summary>
    /// <exception cref="Storage.StoreUnavailableException">Whether there is one is not known.</exception>
    [Alias("find"), Orleans.Concurrency.ReadOnly]
    ValueTask<TenantKey?> FindAsync(CancellationToken cancellationToken);

    /// <summary>Puts the key in force. Called by the tenant's list of keys only, which has it on record first.</summary>
    [Alias("issue")]
    ValueTask IssueAsync(TenantKey key);

    /// <summary>Ends the key; no error when there is none.</summary>
    [Alias("revoke")]
    ValueTask RevokeAsync();
}
