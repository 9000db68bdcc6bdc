namespace OrleansMail.Contracts.Domains;

/// <summary>Proves that a tenant controls a domain name.</summary>
public interface IDomainVerifier
{
    /// <summary>Whether the challenge is answered.</summary>
    /// <param name="domain">The name claimed.</param>
    /// <param name="challenge">The value that the domain's TXT record must have.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<bool> VerifyAsync(DomainName domain, string challenge, CancellationToken cancellationToken);
}
