using OrleansMail.Contracts.Storage;

namespace OrleansMail.Storage.Domains;

/// <summary>Where a domain's mail lies: everything of a domain is under one prefix, below its tenant's.</summary>
internal static class DomainPaths
{
    /// <summary>The prefix of everything of a domain.</summary>
    public static string Domain(DomainKey domain) => $"{TenantPaths.Of(domain.Tenant)}{domain.Domain}/";

    /// <summary>The domain's head.</summary>
    public static string Head(DomainKey domain) => Domain(domain) + "head";

    /// <summary>The prefix of its packs.</summary>
    public static string Packs(DomainKey domain) => Domain(domain) + "pack/";

    /// <summary>A pack.</summary>
    public static string Pack(DomainKey domain, string name) => Packs(domain) + name;

    /// <summary>The prefix of its pages of mailboxes.</summary>
    public static string Pages(DomainKey domain) => Domain(domain) + "page/";

    /// <summary>A page of mailboxes.</summary>
    public static string Page(DomainKey domain, string name) => Pages(domain) + name;

    /// <summary>The prefix of its large payloads.</summary>
    public static string Objects(DomainKey domain) => Domain(domain) + "obj/";

    /// <summary>The large payload of a record.</summary>
    public static string Object(DomainKey domain, Ulid record) => Objects(domain) + record;
}
