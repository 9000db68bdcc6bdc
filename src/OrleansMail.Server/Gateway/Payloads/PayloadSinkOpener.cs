using Microsoft.Extensions.ObjectPool;
using OrleansMail.Contracts.Storage;
using OrleansMail.Contracts.Tenants;
using OrleansMail.Server.Gateway.Recording;
using OrleansMail.Smtp;

namespace OrleansMail.Server.Gateway.Payloads;

/// <summary>Opens the sink of a message.</summary>
internal sealed class PayloadSinkOpener(IPayloadStore store, PayloadBudget budget, MessageRecorder recorder, TimeProvider time, ILogger<PayloadSink> logger)
{
    private const int MaxIdleScans = 256; // some 3 KiB each
    private readonly ObjectPool<PayloadScan> scans = new DefaultObjectPoolProvider { MaximumRetained = MaxIdleScans }.Create<PayloadScan>();

    /// <summary>The clock.</summary>
    public TimeProvider Time => time;

    /// <summary>Opens a sink for the domains of a transaction, at least one.</summary>
    public PayloadSink Open(SmtpTransaction transaction, TenantId tenant, IReadOnlyList<SmtpRecipient> recipients, IReadOnlyList<DomainDelivery> deliveries, UnseenRecords unseen, ReadOnlyMemory<byte> traceHeader) =>
        new(new IncomingMessage(transaction, tenant, recipients, deliveries, unseen), new PayloadSpool(store, budget, tenant, deliveries[0]), scans, traceHeader, recorder, time, logger);
}
