namespace OrleansMail.Conformance;

/// <summary>One thing that a server did in a case.</summary>
/// <param name="Command">What it answered: a verb, <c>content</c> for the end of a message, <c>other</c> for what is neither, or the part of the case.</param>
/// <param name="Value">A reply's code, or the state of the connection.</param>
public readonly record struct TranscriptEvent(string Command, string Value)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Command} {Value}";
}

/// <summary>What a server did in a case, whether allowed or not.</summary>
/// <param name="Skipped">The requirement that the server does not offer; null when the case was played.</param>
/// <param name="Events">Replies and the state of the connection, in order.</param>
public sealed record TranscriptRecording(string? Skipped, IReadOnlyList<TranscriptEvent> Events);
