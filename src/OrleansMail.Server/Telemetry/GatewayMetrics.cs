using System.Diagnostics.Metrics;
using OrleansMail.Contracts.Tenants;

namespace OrleansMail.Server.Telemetry;

/// <summary>What the gateway counts, on the meter <c>OrleansMail</c>.</summary>
internal sealed class GatewayMetrics
{
    private readonly Counter<long> accepted;
    private readonly Histogram<long> bytes;
    private readonly Counter<long> refused;

    /// <summary>Creates the instruments.</summary>
    public GatewayMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("OrleansMail");
        accepted = meter.CreateCounter<long>("orleansmail.messages.accepted", "{message}", "Messages answered 250: they are durable.");
        bytes = meter.CreateHistogram<long>("orleansmail.messages.bytes", "By", "Sizes of accepted messages, trace lines included.");
        refused = meter.CreateCounter<long>("orleansmail.recipients.refused", "{recipient}", "Recipients refused or deferred at RCPT.");
    }

    /// <summary>A message was answered 250.</summary>
    public void MessageAccepted(TenantId tenant, long size)
    {
        accepted.Add(1, new KeyValuePair<string, object?>("tenant", tenant.Value));
        bytes.Record(size);
    }

    /// <summary>A recipient was not accepted.</summary>
    /// <param name="reason">The enhanced status code (RFC 3463).</param>
    public void RecipientRefused(string reason) => refused.Add(1, new KeyValuePair<string, object?>("reason", reason));
}
