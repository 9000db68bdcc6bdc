using System.ComponentModel;
using OrleansMail.Contracts.Tenants;
using OrleansMail.Server.Api.Requests;

namespace OrleansMail.Server.Api.Tenants;

/// <summary>A tenant as the API shows it.</summary>
[Description("A tenant: who owns domains and their mail.")]
internal sealed record TenantResource(
    [property: Description("Its id.")] string Id,
    [property: Description("For people; null when none was given.")] string? DisplayName,
    [property: Description("Whether it receives mail.")] ActivityStatus Status,
    [property: Description("What it may use.")] LimitsResource Limits,
    [property: Description("How long its mail is kept.")] PolicyResource Policy,
    [property: Description("The container that has its mail; null for the store that tenants share.")] TenantStoreResource? Store,
    [property: Description("How its mail is sealed; null for not at all.")] EncryptionResource? Encryption)
{
    /// <summary>Shows a tenant.</summary>
    public static TenantResource From(Tenant tenant)
    {
        var (settings, limits) = (tenant.Settings, tenant.Settings.Limits);
        return new(
            tenant.Id.Value,
            settings.DisplayName,
            settings.Suspended ? ActivityStatus.Suspended : ActivityStatus.Active,
            new LimitsResource(limits.MaxMessageBytes, limits.MessagesPerDay, limits.StorageBytes, limits.Mailboxes),
            new PolicyResource(settings.Policy?.RetentionDays, settings.Policy?.LegalHold ?? false),
            TenantStoreResource.From(settings.Store),
            settings.Encryption is { } encryption ? new EncryptionResource(encryption.Key) : null);
    }
}

/// <summary>What a PUT may say of a tenant.</summary>
[ReadOnlyFields("id")]
[Description("What can be set of a tenant. What is absent gets its default.")]
internal sealed record TenantRequest(
    [property: Description("For people, at most 200 characters.")] string? DisplayName = null,
    [property: Description("A suspended tenant's mail is deferred with 450 4.7.0.")] ActivityStatus Status = ActivityStatus.Active,
    [property: Description("What it may use; absent or null is unlimited.")] LimitsResource? Limits = null,
    [property: Description("How long its mail is kept.")] PolicyResource? Policy = null,
    [property: Description("The container that has its mail; absent or null for the store that tenants share. Fixed with the tenant's first domain, but for 'sas'.")] TenantStoreResource? Store = null,
    [property: Description("How its mail is sealed; absent or null for not at all. Fixed with the tenant's first domain.")] EncryptionResource? Encryption = null)
{
    /// <summary>As the grain takes it.</summary>
    public TenantSettings ToSettings() => new(
        DisplayName,
        Status == ActivityStatus.Suspended,
        new TenantLimits(Limits?.MaxMessageBytes, Limits?.MessagesPerDay, Limits?.StorageBytes, Limits?.Mailboxes),
        new TenantPolicy(Policy?.RetentionDays, Policy?.LegalHold))
    {
        Store = Store?.ToSettings(),
        Encryption = Encryption is { } encryption ? new TenantEncryptionSettings(encryption.Key) : null,
    };
}

/// <summary>What a tenant may use.</summary>
[Description("What a tenant may use; null is unlimited.")]
internal sealed record LimitsResource(
    [property: Description("Octets of one message's content.")] long? MaxMessageBytes = null,
    [property: Description("Messages in a UTC day.")] long? MessagesPerDay = null,
    [property: Description("Octets stored.")] long? StorageBytes = null,
    [property: Description("Mailboxes in all its domains.")] long? Mailboxes = null);

/// <summary>How long a tenant's mail is kept.</summary>
[Description("How long a tenant's mail is kept.")]
internal sealed record PolicyResource(
    [property: Description("Days until a message expires where neither its mailbox nor its domain has days of its own, from 1 to 36500; null keeps it.")] int? RetentionDays = null,
    [property: Description("Whether nothing may expire or be erased: deleted mail is hidden and stays in the store, and neither tenant nor domains can be deleted. Absent or null in a PUT leaves it as it is.")] bool? LegalHold = null);
