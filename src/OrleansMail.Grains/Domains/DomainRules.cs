using OrleansMail.Contracts.Domains;
using OrleansMail.Contracts.Mailboxes;
using OrleansMail.Grains.Provisioning;
using OrleansMail.Grains.Tenants;

namespace OrleansMail.Grains.Domains;

/// <summary>What settings a domain may have.</summary>
internal static class DomainRules
{
    private const string Separators = "+-=_.#!~^%/";

    /// <summary>What is wrong with the settings; null when nothing is.</summary>
    /// <param name="settings">As asked for.</param>
    /// <param name="existing">As they are; null for a new domain.</param>
    public static FieldProblem? Check(DomainSettings settings, DomainSettings? existing)
    {
        if (settings.CatchAll is not null && !LocalPart.TryParse(settings.CatchAll, out _))
            return new("catchAll", "A local part of 1 to 64 octets, or null to refuse unknown recipients.");
        if (settings.Subaddressing is { } separator && (separator.Length != 1 || !Separators.Contains(separator, StringComparison.Ordinal)))
            return new("subaddressing", $"One of {string.Join(' ', Separators.AsEnumerable())}, or null for no sub-addresses.");
        if (RetentionRules.Check(settings.RetentionDays, "retentionDays") is { } problem)
            return problem;
        return existing is not null && existing.ExactCase != settings.ExactCase
            ? new("exactCase", "Fixed when the domain is created, because its mailboxes are kept by it: delete the domain and create it again.")
            : null;
    }
}
