namespace OrleansMail.Contracts.Storage;

/// <summary>What a stored record calls its tenant and domain: their incarnations, and the domain's number in message ids.</summary>
/// <param name="Tenant">The tenant's incarnation.</param>
/// <param name="Domain">The domain's incarnation.</param>
/// <param name="Number">The domain's number in its tenant.</param>
[GenerateSerializer, Immutable, Alias("orleansmail.domain-key")]
public readonly record struct DomainKey(
    [property: Id(0)] Incarnation Tenant,
    [property: Id(1)] Incarnation Domain,
    [property: Id(2)] int Number);
