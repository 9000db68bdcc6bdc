using System.ComponentModel;
using OrleansMail.Contracts.Tenants;

namespace OrleansMail.Server.Api.Removals;

/// <summary>The removal of a deleted tenant as the API shows it.</summary>
[Description("What became of the mail of a deleted tenant.")]
internal sealed record RemovalResource(
    [property: Description("The tenant's id, which may be in use again.")] string Tenant,
    [property: Description("The creation of it that was deleted.")] string Incarnation,
    [property: Description("When it was deleted.")] DateTimeOffset RequestedAt,
    [property: Description("When nothing of it was left in the store any more; null while there may be.")] DateTimeOffset? FinishedAt,
    [property: Description("Objects deleted so far.")] long Objects,
    [property: Description("Their octets.")] long Bytes)
{
    /// <summary>Shows a removal.</summary>
    public static RemovalResource From(TenantRemoval removal) =>
        new(removal.Tenant.Value, removal.Incarnation.ToString(), removal.RequestedAt, removal.FinishedAt, removal.Objects, removal.Bytes);
}
