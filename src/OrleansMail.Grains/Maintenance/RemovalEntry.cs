namespace OrleansMail.Grains.Maintenance;

/// <summary>The removal of a tenant as stored, under its incarnation.</summary>
/// <param name="Tenant">Its name.</param>
/// <param name="RequestedAt">When it was deleted.</param>
/// <param name="FinishedAt">When nothing was left; null while there may be.</param>
/// <param name="Objects">Objects deleted so far.</param>
/// <param name="Bytes">Their octets.</param>
public sealed record RemovalEntry(string Tenant, DateTimeOffset RequestedAt, DateTimeOffset? FinishedAt, long Objects, long Bytes);
