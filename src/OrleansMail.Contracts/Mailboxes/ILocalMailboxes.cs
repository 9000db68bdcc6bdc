using OrleansMail.Contracts.Domains;
using OrleansMail.Contracts.Messages;
using OrleansMail.Contracts.Tenants;

namespace OrleansMail.Contracts.Mailboxes;

/// <summary>The mailboxes grains that are active on this silo, called as plain objects where nothing stands in the way: most mail of one silo.</summary>
public interface ILocalMailboxes
{
    /// <summary>Records one message as <see cref="IMailboxesGrain.RecordAsync"/> does.</summary>
    /// <returns>Null when the grain is to be asked: it is not here, or would refuse.</returns>
    Task<RecordReceipt>? TryRecordAsync(TenantId tenant, DomainName domain, MessageSubmission submission, CancellationToken cancellationToken);
}
