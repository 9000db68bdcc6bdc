namespace OrleansMail.Contracts.Storage;

/// <summary>
/// Checks a store in the background, slowly, over and over: every log, pack, payload and object. Key: the store's name. One activation in the cluster
/// works; where it has got to is stored, so that another goes on there.
/// </summary>
[Alias("orleansmail.verification")]
public interface IVerificationGrain : IGrainWithStringKey
{
    /// <summary>Has it activated: it then works by itself.</summary>
    [Alias("start")]
    ValueTask StartAsync();

    /// <summary>What it knows.</summary>
    /// <exception cref="StoreUnavailableException">The store can't be read.</exception>
    [Alias("status")]
    ValueTask<VerificationStatus> GetStatusAsync();
}

/// <summary>What a background verification knows.</summary>
/// <param name="CompletedAt">When the last full pass was completed; null when none was.</param>
/// <param name="Mismatches">What that pass found.</param>
/// <param name="IsRunning">Whether a pass is under way.</param>
[GenerateSerializer, Immutable, Alias("orleansmail.verification-status")]
public sealed record VerificationStatus(
    [property: Id(0)] DateTimeOffset? CompletedAt,
    [property: Id(1)] long Mismatches,
    [property: Id(2)] bool IsRunning);
