using OrleansMail.Contracts.Domains;
using OrleansMail.Contracts.Mailboxes;
using OrleansMail.Contracts.Messages;
using OrleansMail.Contracts.Tenants;

namespace OrleansMail.Server.Tests.Gateway;

/// <summary>A silo without a mailboxes grain of its own: every call goes to the grain.</summary>
internal sealed class NoLocalMailboxes : ILocalMailboxes
{
    public Task<RecordReceipt>? TryRecordAsync(TenantId tenant, DomainName domain, MessageSubmission submission, CancellationToken cancellationToken) => null;
}
