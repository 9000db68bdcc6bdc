using OrleansMail.Contracts.Domains;
using OrleansMail.Contracts.Storage;
using OrleansMail.Contracts.Tenants;
using OrleansMail.Grains.Provisioning;

namespace OrleansMail.Grains.Tenants;

/// <summary>How long mail is kept: what may be set, and what of it counts.</summary>
internal static class RetentionRules
{
    /// <summary>What is wrong with a number of days; null when nothing is.</summary>
    public static FieldProblem? Check(int? days, string field) =>
        days is < 1 or > RetentionPolicy.MaxDays ? new(field, $"From 1 to {RetentionPolicy.MaxDays}, or null when nothing is set here.") : null;

    /// <summary>Whether a tenant as a whole is under a legal hold.</summary>
    public static bool IsHeld(this TenantSettings? settings) => settings?.Policy?.LegalHold ?? false;

    /// <summary>Whether a domain has a legal hold of its own.</summary>
    public static bool IsHeld(this DomainSettings settings) => settings.LegalHold ?? false;

    /// <summary>The settings as they are to be stored: a hold that the change does not mention stays, so that none is lifted by forgetting it.</summary>
    public static TenantSettings WithHoldOf(this TenantSettings settings, TenantSettings? existing)
    {
        var policy = settings.Policy ?? new();
        return settings with { Policy = policy with { LegalHold = policy.LegalHold ?? existing.IsHeld() } };
    }

    /// <inheritdoc cref="WithHoldOf(TenantSettings, TenantSettings?)"/>
    public static DomainSettings WithHoldOf(this DomainSettings settings, DomainSettings? existing) =>
        settings with { LegalHold = settings.LegalHold ?? existing?.IsHeld() ?? false };
}
