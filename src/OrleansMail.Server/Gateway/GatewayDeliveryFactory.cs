using OrleansMail.Contracts.Storage;
using OrleansMail.Server.Gateway.Payloads;
using OrleansMail.Server.Gateway.Recipients;
using OrleansMail.Server.Gateway.Recording;
using OrleansMail.Smtp;

namespace OrleansMail.Server.Gateway;

/// <summary>Makes the delivery of each session.</summary>
internal sealed class GatewayDeliveryFactory(
    RecipientPolicy policy,
    PayloadSinkOpener sinks,
    SeenMarks marks,
    IStoreHealth health,
    TimeProvider time,
    ILogger<GatewayDelivery> logger) : ISmtpDeliveryFactory
{
    /// <inheritdoc/>
    public ValueTask<ISmtpDelivery> CreateAsync(SmtpSessionContext session, CancellationToken cancellationToken) =>
        new(new GatewayDelivery(policy, sinks, new UnseenRecords(marks), health, time, logger));
}
