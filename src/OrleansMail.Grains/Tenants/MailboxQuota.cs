using OrleansMail.Contracts;
using OrleansMail.Contracts.Domains;
using OrleansMail.Contracts.Tenants;

namespace OrleansMail.Grains.Tenants;

/// <summary>
/// Counts the mailboxes of a limited tenant from what its domains say: all are asked once, and again before one is refused. Two
/// domains that create at the same moment may pass the limit by one each.
/// </summary>
internal sealed class MailboxQuota(TenantId id, IGrainFactory grains)
{
    private const int AtOnce = 32;
    private Dictionary<string, long>? counts;

    /// <summary>Whether a domain that has <paramref name="mailboxes"/> may have one more.</summary>
    public async ValueTask<bool> HasRoomAsync(TenantState state, DomainName domain, int mailboxes, CancellationToken cancellationToken)
    {
        if (state.Settings?.Limits.Mailboxes is not { } limit)
            return true;
        var fresh = counts is null;
        counts ??= await CountAsync(state, cancellationToken);
        if (!fresh && Total(domain, mailboxes) >= limit)
            counts = await CountAsync(state, cancellationToken);
        return Total(domain, mailboxes) < limit;
    }

    private long Total(DomainName domain, int mailboxes)
    {
        counts![domain.Value] = mailboxes + 1; // what it has if this is granted
        return counts.Values.Sum() - 1;
    }

    private async Task<Dictionary<string, long>> CountAsync(TenantState state, CancellationToken cancellationToken)
    {
        var result = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var some in state.Domains.Where(d => !d.Deleting).Chunk(AtOnce))
        {
            var found = await Task.WhenAll(some.Select(d => grains.GetMailboxes(id, DomainName.Parse(d.Name)).CountMailboxesAsync(cancellationToken).AsTask()));
            for (var i = 0; i < some.Length; i++)
                result[some[i].Name] = found[i];
        }

        return result;
    }
}
