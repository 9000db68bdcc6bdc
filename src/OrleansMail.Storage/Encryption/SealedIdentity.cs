using OrleansMail.Contracts.Storage;

namespace OrleansMail.Storage.Encryption;

/// <summary>What sealed octets are bound to: their record (ULIDs of tenant, domain and record), and what of it they are, so that none passes for another.</summary>
internal static class SealedIdentity
{
    private const int UlidSize = 16;

    /// <summary>Of a payload in a log or pack.</summary>
    public static byte[] OfPayload(DomainKey domain, Ulid record) => Of(domain, record, 'P');

    /// <summary>Of a payload that is an object.</summary>
    public static byte[] OfObject(DomainKey domain, Ulid record) => Of(domain, record, 'O');

    /// <inheritdoc cref="OfObject(DomainKey, Ulid)"/>
    public static byte[] OfObject(PayloadObject target) => Of(new DomainKey(target.Tenant, target.Domain, 0), target.Record, 'O');

    private static byte[] Of(DomainKey domain, Ulid record, char part)
    {
        var identity = new byte[(3 * UlidSize) + 1];
        domain.Tenant.Value.TryWriteBytes(identity);
        domain.Domain.Value.TryWriteBytes(identity.AsSpan(UlidSize));
        record.TryWriteBytes(identity.AsSpan(2 * UlidSize));
        identity[^1] = (byte)part;
        return identity;
    }
}
