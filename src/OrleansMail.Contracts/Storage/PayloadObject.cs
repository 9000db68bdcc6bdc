namespace OrleansMail.Contracts.Storage;

/// <summary>The object of a large payload: it belongs to one record of one domain.</summary>
/// <param name="Place">Where and how the tenant's mail is kept.</param>
/// <param name="Tenant">The tenant.</param>
/// <param name="Domain">The domain.</param>
/// <param name="Record">The record's id.</param>
public readonly record struct PayloadObject(MailPlace Place, Incarnation Tenant, Incarnation Domain, Ulid Record)
{
    /// <summary>The name of the store that has it.</summary>
    public string Store => Place.StoreOf(Tenant);

    /// <summary>Its path there, which says nothing that needs a key.</summary>
    public string Path => $"t/{Tenant}/{Domain}/obj/{Record}";
}
