using System.ComponentModel;
using OrleansMail.Contracts.Domains;
using OrleansMail.Server.Api.Requests;

namespace OrleansMail.Server.Api.Domains;

/// <summary>A domain as the API shows it.</summary>
[Description("A mail domain of a tenant.")]
internal sealed record DomainResource(
    [property: Description("Its name as an A-label in lower case.")] string Name,
    [property: Description("Whether it receives mail.")] DomainStatus Status,
    [property: Description("The DNS record that proves it; null once verified.")] ChallengeResource? Challenge,
    [property: Description("Local part of the mailbox or alias that takes unknown recipients; null refuses them.")] string? CatchAll,
    [property: Description("The separator of sub-addresses; null when the domain has none.")] string? Subaddressing,
    [property: Description("Whether local parts are compared by case too.")] bool ExactCase,
    [property: Description("Whether the local parts 550, 450, quota and slow answer as named, to try a sender out.")] bool Rehearsals,
    [property: Description("Days until a message expires where its mailbox has no days of its own; null where the tenant's count.")] int? RetentionDays,
    [property: Description("Whether nothing may expire or be erased, whatever else is set.")] bool LegalHold)
{
    /// <summary>Shows a domain.</summary>
    public static DomainResource From(Domain domain) => new(
        domain.Name.Value,
        domain.Status,
        domain.Challenge is { } value ? new ChallengeResource("TXT", domain.Name.Value, value) : null,
        domain.Settings.CatchAll,
        domain.Settings.Subaddressing,
        domain.Settings.ExactCase,
        domain.Settings.Rehearsals,
        domain.Settings.RetentionDays,
        domain.Settings.LegalHold ?? false);
}

/// <summary>The DNS record that proves a domain.</summary>
[Description("The DNS record that proves a domain.")]
internal sealed record ChallengeResource(
    [property: Description("The record's type.")] string Type,
    [property: Description("The record's name.")] string Name,
    [property: Description("The record's value.")] string Value);

/// <summary>What a PUT may say of a domain.</summary>
[ReadOnlyFields("name", "challenge")]
[Description("What can be set of a domain. What is absent gets its default.")]
internal sealed record DomainRequest(
    [property: Description("suspended defers its mail with 450 4.7.0; the others have no effect of their own.")] DomainStatus Status = DomainStatus.Verified,
    [property: Description("Local part of the mailbox or alias that takes unknown recipients; null refuses them.")] string? CatchAll = null,
    [property: Description("The separator of sub-addresses, one punctuation character; null for none.")] string? Subaddressing = "+",
    [property: Description("Compare local parts by case too.")] bool ExactCase = false,
    [property: Description("Let the local parts 550, 450, quota and slow answer as named, to try a sender out.")] bool Rehearsals = false,
    [property: Description("Days until a message expires where its mailbox has no days of its own, from 1 to 36500; null where the tenant's count.")] int? RetentionDays = null,
    [property: Description("Whether nothing may expire or be erased: deleted mail is hidden and stays in the store. Only the operator can change it; absent or null leaves it as it is.")] bool? LegalHold = null)
{
    /// <summary>As the grain takes it.</summary>
    public DomainSettings ToSettings() => new(CatchAll, Subaddressing, Status == DomainStatus.Suspended, ExactCase, Rehearsals, RetentionDays, LegalHold);
}
