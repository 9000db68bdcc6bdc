namespace OrleansMail.Contracts.Keys;

/// <summary>An API key of a tenant as it is shown: everything but its secret, which nobody keeps.</summary>
/// <param name="Id">Names it; keys are listed in order of their ids, which is that of their creation.</param>
/// <param name="Settings">What was asked for.</param>
/// <param name="CreatedAt">When.</param>
[GenerateSerializer, Immutable, Alias("orleansmail.api-key-record")]
public sealed record ApiKey(
    [property: Id(0)] Ulid Id,
    [property: Id(1)] ApiKeySettings Settings,
    [property: Id(2)] DateTimeOffset CreatedAt);

/// <summary>What is asked for with a key.</summary>
/// <param name="Name">For people: 1 to 100 characters, no control characters, not only white space.</param>
/// <param name="Scopes">What it may do.</param>
/// <param name="ExpiresAt">When it ends; null when it ends only by deletion.</param>
[GenerateSerializer, Immutable, Alias("orleansmail.api-key-settings")]
public sealed record ApiKeySettings(
    [property: Id(0)] string Name,
    [property: Id(1)] KeyScopes Scopes,
    [property: Id(2)] DateTimeOffset? ExpiresAt);
