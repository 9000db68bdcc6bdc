namespace OrleansMail.Contracts.Storage;

/// <summary>Where and how a tenant's mail is kept; the default is the store that tenants share, in the clear.</summary>
/// <param name="HasOwnStore">Whether the tenant has a store of its own.</param>
/// <param name="IsSealed">Whether its mail is sealed with a key of its own, and must never be stored otherwise.</param>
[GenerateSerializer, Immutable, Alias("orleansmail.mail-place")]
public readonly record struct MailPlace([property: Id(0)] bool HasOwnStore, [property: Id(1)] bool IsSealed)
{
    /// <summary>The name of the store that tenants share.</summary>
    public const string SharedStore = "default";

    private const string OwnPrefix = "t-";

    /// <summary>The name of the store that has a tenant's mail: <c>default</c>, or <c>t-</c> and its incarnation.</summary>
    public string StoreOf(Incarnation tenant) => HasOwnStore ? OwnPrefix + tenant : SharedStore;

    /// <summary>Whose own store a name is; false for the shared one.</summary>
    public static bool TryGetOwner(string store, out Incarnation tenant)
    {
        tenant = default;
        if (!store.StartsWith(OwnPrefix, StringComparison.Ordinal) || !Ulid.TryParse(store.AsSpan(OwnPrefix.Length), out var value))
            return false;
        tenant = new Incarnation(value);
        return true;
    }
}
