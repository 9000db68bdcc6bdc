using OrleansMail.Storage.Encryption;

namespace OrleansMail.Storage.Verification;

/// <summary>Told of octets that were read; it may wait, to keep the reading slow.</summary>
/// <param name="octets">Since it was told last.</param>
/// <param name="cancellationToken">Ends the wait.</param>
public delegate ValueTask VerificationPace(long octets, CancellationToken cancellationToken);

/// <summary>What the parts of a verification have in common.</summary>
/// <param name="Store">The store.</param>
/// <param name="Time">The clock.</param>
/// <param name="Pace">Told of what is read.</param>
/// <param name="Keys">The keys of encrypted tenants; null when there are none at hand.</param>
internal sealed record VerificationContext(IObjectStore Store, TimeProvider Time, VerificationPace Pace, TenantKeyring? Keys = null)
{
    /// <summary>A part of the store is looked at again so often when it changes meanwhile.</summary>
    public const int MaxAttempts = 5;

    /// <summary>Octets were read.</summary>
    public async ValueTask ReadAsync(VerificationReport report, long octets, CancellationToken cancellationToken)
    {
        report.Counts.Octets += octets;
        await Pace(octets, cancellationToken);
    }

    /// <summary>A file as it is listed; null when it is missing.</summary>
    public async ValueTask<StoredItem?> FindAsync(string path, CancellationToken cancellationToken) =>
        await Store.ListAsync(path, null, cancellationToken).FirstOrDefaultAsync(cancellationToken) is { } item && item.Path == path ? item : null;

    /// <summary>A small value; null when it is missing.</summary>
    public async ValueTask<StoredValue?> ReadValueAsync(VerificationReport report, string path, CancellationToken cancellationToken)
    {
        var value = await Store.ReadValueAsync(path, cancellationToken);
        await ReadAsync(report, value?.Value.Length ?? 0, cancellationToken);
        return value;
    }
}
