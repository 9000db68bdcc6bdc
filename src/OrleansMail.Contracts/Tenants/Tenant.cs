using System.Text.Json.Serialization;
using OrleansMail.Contracts.Storage;

namespace OrleansMail.Contracts.Tenants;

/// <summary>A tenant as provisioned.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Incarnation">This creation of it.</param>
/// <param name="Settings">What was asked for.</param>
/// <param name="CreatedAt">When.</param>
[GenerateSerializer, Immutable, Alias("orleansmail.tenant-record")]
public sealed record Tenant(
    [property: Id(0)] TenantId Id,
    [property: Id(1)] Incarnation Incarnation,
    [property: Id(2)] TenantSettings Settings,
    [property: Id(3)] DateTimeOffset CreatedAt);

/// <summary>What the operator sets of a tenant.</summary>
/// <param name="DisplayName">For people; null when none was given.</param>
/// <param name="Suspended">Mail for it is answered 450 4.7.0 and nothing is stored.</param>
/// <param name="Limits">What it may use.</param>
/// <param name="Policy">How long its mail is kept; null is as if nothing were set.</param>
[GenerateSerializer, Immutable, Alias("orleansmail.tenant-settings")]
public sealed record TenantSettings(
    [property: Id(0)] string? DisplayName,
    [property: Id(1)] bool Suspended,
    [property: Id(2)] TenantLimits Limits,
    [property: Id(3)] TenantPolicy? Policy = null)
{
    /// <summary>The container that has its mail; null for the store that tenants share. Fixed once it has a domain, but for the signature.</summary>
    [Id(7)]
    public TenantStoreSettings? Store { get; init; }

    /// <summary>How its mail is sealed; null for not at all. Fixed once it has a domain.</summary>
    [Id(8)]
    public TenantEncryptionSettings? Encryption { get; init; }

    /// <summary>Where its mail is kept.</summary>
    [JsonIgnore]
    public MailPlace Place => new(Store is not null, Encryption is not null);
}

/// <summary>How long a tenant's mail is kept.</summary>
/// <param name="RetentionDays">Days until a message expires where neither domain nor mailbox has a time of its own; null to keep it.</param>
/// <param name="LegalHold">Nothing expires, and what is deleted stays in the store, hidden. In a change null leaves it as it is.</param>
[GenerateSerializer, Immutable, Alias("orleansmail.tenant-policy")]
public sealed record TenantPolicy(
    [property: Id(0)] int? RetentionDays = null,
    [property: Id(1)] bool? LegalHold = null);

/// <summary>What a tenant may use; null is unlimited.</summary>
/// <param name="MaxMessageBytes">Octets of one message's content.</param>
/// <param name="MessagesPerDay">Messages in a UTC day.</param>
/// <param name="StorageBytes">Octets stored.</param>
/// <param name="Mailboxes">Mailboxes in all its domains.</param>
[GenerateSerializer, Immutable, Alias("orleansmail.tenant-limits")]
public sealed record TenantLimits(
    [property: Id(0)] long? MaxMessageBytes = null,
    [property: Id(1)] long? MessagesPerDay = null,
    [property: Id(2)] long? StorageBytes = null,
    [property: Id(3)] long? Mailboxes = null);
