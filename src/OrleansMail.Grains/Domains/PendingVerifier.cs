using OrleansMail.Contracts.Domains;

namespace OrleansMail.Grains.Domains;

/// <summary><see cref="DomainVerification.Dns"/> where nothing looks names up: no claim is proven, each keeps its challenge.</summary>
internal sealed class PendingVerifier : IDomainVerifier
{
    /// <inheritdoc/>
    public ValueTask<bool> VerifyAsync(DomainName domain, string challenge, CancellationToken cancellationToken) => new(false);
}
