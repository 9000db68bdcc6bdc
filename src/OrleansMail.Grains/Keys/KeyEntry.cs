using OrleansMail.Contracts.Keys;

namespace OrleansMail.Grains.Keys;

/// <summary>A key as its tenant's list stores it; the entry's name is the key's id.</summary>
/// <param name="Hash">The hash of its secret: where the key itself is.</param>
/// <param name="Name">For people.</param>
/// <param name="Scopes">What it may do, as a number.</param>
/// <param name="ExpiresAt">When it ends; null when it does not by itself.</param>
/// <param name="CreatedAt">When it was made.</param>
public sealed record KeyEntry(string Hash, string Name, KeyScopes Scopes, DateTimeOffset? ExpiresAt, DateTimeOffset CreatedAt);
