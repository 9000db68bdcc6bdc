using OrleansMail.Contracts.Keys;
using OrleansMail.Server.Api.Problems;

namespace OrleansMail.Server.Api.Keys;

/// <summary>What a tenant's key may give to the keys it makes: no more than it has, and not for longer.</summary>
internal static class GrantLimit
{
    /// <summary>What is too much of what is asked for; null when nothing is, or when the operator asks.</summary>
    public static ProblemResult? Check(TenantKey? giver, ApiKeySettings asked)
    {
        if (giver is null)
            return null;
        if (!giver.Has(asked.Scopes))
            return new(ProblemCodes.Forbidden, "scopes", $"This key may give: {string.Join(", ", KeyScopeNames.Of(giver.Key.Settings.Scopes))}.");
        return giver.Key.Settings.ExpiresAt is { } end && (asked.ExpiresAt is null || asked.ExpiresAt > end)
            ? new(ProblemCodes.Forbidden, "expiresAt", "This key expires: the keys that it makes have to expire no later.")
            : null;
    }
}
