using OrleansMail.Contracts.Messages;

namespace OrleansMail.Server.Gateway.Recording;

/// <summary>What became of the part of a message that went to one domain.</summary>
/// <param name="Result">Durable, or why not.</param>
/// <param name="Id">The message's id when it is durable: the first try's when it is a repeat.</param>
/// <param name="PayloadMayBeHeld">Whether a call without an answer may still refer to the payload's memory.</param>
internal readonly record struct DomainOutcome(DomainResult Result, MessageId Id = default, bool PayloadMayBeHeld = false)
{
    /// <summary>Whether the message is on stable storage.</summary>
    public bool IsDurable => Result is DomainResult.Recorded or DomainResult.Repeated;
}

/// <summary>What can become of it.</summary>
internal enum DomainResult
{
    Recorded,
    Repeated,
    Gone,
    Suspended,
    Full,
    Unavailable,
}
