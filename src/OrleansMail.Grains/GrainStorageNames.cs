namespace OrleansMail.Grains;

/// <summary>The names grain state is stored under: they are part of the store's format.</summary>
public static class GrainStorageNames
{
    /// <summary>The storage provider all grains use.</summary>
    public const string Provider = "orleansmail";

    /// <summary>State of the tenant grains; the tenant index lists it.</summary>
    public const string Tenant = "tenant";

    /// <summary>State of the domain grains.</summary>
    public const string Domain = "domain";

    /// <summary>State of the API key grains, under the hashes of their secrets.</summary>
    public const string Key = "key";

    /// <summary>Keys of a tenant: the first page; further ones and the list of them have names that begin so.</summary>
    public const string Keys = "keys";

    /// <summary>The removals of deleted tenants: the first page; further ones and the list of them have names that begin so.</summary>
    public const string Removals = "removals";

    /// <summary>Mailboxes of a mailboxes grain: the first page; further ones and the list of them have names that begin so.</summary>
    public const string Mailboxes = "mailboxes";

    /// <summary>How far the background verification of a store has got.</summary>
    public const string Verification = "verification";

    /// <summary>Aliases of a mailboxes grain, likewise.</summary>
    public const string Aliases = "aliases";
}
