namespace OrleansMail.Grains.Verification;

/// <summary>Where a background verification has got to, as JSON.</summary>
public sealed record VerificationState
{
    /// <summary>When the last full pass was completed; null when none was.</summary>
    public DateTimeOffset? CompletedAt { get; init; }

    /// <summary>What it found.</summary>
    public long Mismatches { get; init; }

    /// <summary>Where the pass that is under way goes on; null when none is, or at its beginning.</summary>
    public string? Position { get; init; }

    /// <summary>What that pass has found so far.</summary>
    public long Found { get; init; }
}
