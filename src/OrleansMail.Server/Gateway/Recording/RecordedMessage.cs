using OrleansMail.Smtp;

namespace OrleansMail.Server.Gateway.Recording;

/// <summary>What became of a message in each of its domains.</summary>
/// <param name="Outcomes">In the order of the deliveries.</param>
/// <param name="Size">Octets of its payload.</param>
internal sealed record RecordedMessage(DomainOutcome[] Outcomes, long Size)
{
    /// <summary>Whether a call without an answer may still refer to the payload's memory.</summary>
    public bool PayloadMayBeHeld => Array.Exists(Outcomes, o => o.PayloadMayBeHeld);

    /// <summary>The refusal when not all of the outcomes are durable; null when they are.</summary>
    /// <remarks>All of these ask the client to try again; the mildest that is true of every failure is said.</remarks>
    public static SmtpReply? Failure(DomainOutcome[] outcomes)
    {
        var failed = Array.FindAll(outcomes, o => !o.IsDurable);
        if (failed.Length == 0)
            return null;
        if (Array.TrueForAll(failed, o => o.Result == DomainResult.Suspended))
            return GatewayReplies.Suspended;
        return Array.TrueForAll(failed, o => o.Result == DomainResult.Full) ? GatewayReplies.Full : GatewayReplies.Unavailable;
    }
}
