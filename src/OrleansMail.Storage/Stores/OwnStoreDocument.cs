using System.Text.Json;
using OrleansMail.Contracts;
using OrleansMail.Contracts.Storage;
using OrleansMail.Contracts.Tenants;

namespace OrleansMail.Storage.Stores;

/// <summary>The shared store's value <c>t/TENANT/store</c>: how a tenant's own store is reached. It has the signature.</summary>
internal sealed record OwnStoreDocument(int Format, string Account, string Container, string? Sas, string? EncryptionScope)
{
    private const int CurrentFormat = 1;

    /// <summary>What is set now; null when nothing is.</summary>
    /// <exception cref="StoreUnavailableException">The shared store can't be read, or what it has is damaged.</exception>
    public static async ValueTask<OwnStoreDocument?> ReadAsync(IObjectStore shared, Incarnation tenant, CancellationToken cancellationToken) =>
        await shared.ReadValueAsync(TenantPaths.OwnStore(tenant), cancellationToken) is { } stored ? Parse(tenant, stored.Value.Span) : null;

    /// <summary>Stores settings whose signature, when it is null, stays as it was; or removes them.</summary>
    public static async ValueTask<OwnStoreDocument?> WriteAsync(IObjectStore shared, Incarnation tenant, TenantStoreSettings? settings, CancellationToken cancellationToken)
    {
        var path = TenantPaths.OwnStore(tenant);
        if (settings is null)
        {
            await shared.DeleteAsync(path, null, cancellationToken);
            return null;
        }

        var stored = await shared.ReadValueAsync(path, cancellationToken);
        var old = stored is null ? null : Parse(tenant, stored.Value.Span);
        var sas = settings.Sas ?? (old is not null && (old.Account, old.Container) == (settings.Account, settings.Container) ? old.Sas : null);
        var document = new OwnStoreDocument(CurrentFormat, settings.Account, settings.Container, sas, settings.EncryptionScope);
        if (document != old)
            await shared.WriteValueAsync(path, JsonSerializer.SerializeToUtf8Bytes(document, JsonSerializerOptions.Web), stored?.ETag, cancellationToken);
        return document;
    }

    private static OwnStoreDocument Parse(Incarnation tenant, ReadOnlySpan<byte> value)
    {
        try
        {
            if (JsonSerializer.Deserialize<OwnStoreDocument>(value, JsonSerializerOptions.Web) is { Format: CurrentFormat, Account: not null, Container: not null } document)
                return document;
        }
        catch (JsonException)
        {
            // Not kept as a cause: its text may quote what it could not read.
        }

        throw new StoreUnavailableException($"What is stored of the own store of tenant {tenant} is damaged.");
    }
}
