using OrleansMail.Contracts.Tenants;
using OrleansMail.Grains.Provisioning;

namespace OrleansMail.Grains.Tenants;

/// <summary>What settings a tenant may have.</summary>
internal static class TenantRules
{
    /// <summary>Most domains of one tenant: its state is one value, some 250 octets for each, and each change of a domain rewrites it.</summary>
    public const int MaxDomains = 1000;

    private const int MaxDisplayName = 200;

    /// <summary>What is wrong with the settings; null when nothing is.</summary>
    public static FieldProblem? Check(TenantSettings settings)
    {
        if (settings.DisplayName is { Length: > MaxDisplayName })
            return new("displayName", $"At most {MaxDisplayName} characters.");
        var limits = settings.Limits;
        if (limits.MaxMessageBytes < 1)
            return new("limits.maxMessageBytes", "At least 1, or absent for no limit.");
        if (limits.MessagesPerDay < 0)
            return new("limits.messagesPerDay", "At least 0, or absent for no limit.");
        if (limits.StorageBytes < 0)
            return new("limits.storageBytes", "At least 0, or absent for no limit.");
        if (limits.Mailboxes < 0)
            return new("limits.mailboxes", "At least 0, or absent for no limit.");
        return RetentionRules.Check(settings.Policy?.RetentionDays, "policy.retentionDays");
    }
}
