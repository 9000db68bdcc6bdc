using OrleansMail.Contracts;
using OrleansMail.Storage.Encryption;

namespace OrleansMail.Storage.Tests.Encryption;

internal static class Keys
{
    public static readonly Incarnation Tenant = Fixed(1);

    public static Incarnation Fixed(byte value) => new(new Ulid([.. Enumerable.Repeat(value, 16)]));

    public static TenantDataKeys Of(params byte[] versions) => new(Tenant, [.. versions.Select(v => Enumerable.Repeat(v, 32).ToArray())]);
}
