using OrleansMail.Contracts;

namespace OrleansMail.Storage;

/// <summary>Where what is a tenant's lies: all of it under one prefix, by which it is removed.</summary>
public static class TenantPaths
{
    /// <summary>The prefix of everything of a tenant.</summary>
    public static string Of(Incarnation tenant) => $"t/{tenant}/";

    /// <summary>How its own store is reached; in the shared store.</summary>
    public static string OwnStore(Incarnation tenant) => Of(tenant) + "store";

    /// <summary>Its keys, wrapped; in the shared store.</summary>
    public static string Key(Incarnation tenant) => Of(tenant) + "key";

    /// <summary>The prefix of its ledger.</summary>
    public static string Ledger(Incarnation tenant) => Of(tenant) + "ledger/";
}
