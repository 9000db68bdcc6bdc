using OrleansMail.Contracts.Messages;
using OrleansMail.Contracts.Storage;
using OrleansMail.Storage.Encryption;

namespace OrleansMail.Storage.Verification;

/// <summary>Checks large payloads that are sealed: their content where the tenant's key is at hand, else that they are there, how long they are and how they begin.</summary>
internal sealed class SealedObjectCheck(VerificationContext context, VerificationReport report, DomainFolder folder)
{
    /// <summary>Checks one.</summary>
    /// <returns>What is wrong with it; null when nothing is.</returns>
    /// <exception cref="FileNotFoundException">It is missing.</exception>
    public async ValueTask<string?> CheckAsync(ReferredObject referred, CancellationToken cancellationToken)
    {
        if (await CheckFormAsync(referred, cancellationToken) is { } problem)
            return problem;
        try
        {
            await OpenAsync(referred, cancellationToken);
            report.Counts.Payloads++;
            report.Counts.Objects++;
            return null;
        }
        catch (TenantKeyUnavailableException)
        {
            report.Counts.NotChecked++;
            return null;
        }
        catch (PayloadDamagedException exception)
        {
            return $"It is not the payload of record {referred.Record}: {exception.Message}";
        }
    }

    private async ValueTask<string?> CheckFormAsync(ReferredObject referred, CancellationToken cancellationToken)
    {
        var header = new byte[SealedObjectFormat.HeaderSize];
        await using (var front = await context.Store.OpenReadAsync(referred.Path, 0, header.Length, cancellationToken))
        {
            if (await front.ReadAtLeastAsync(header, header.Length, throwOnEndOfStream: false, cancellationToken) < header.Length || !SealedObjectFormat.IsHeader(header))
                return $"It does not begin as the sealed payload of record {referred.Record}.";
        }

        await context.ReadAsync(report, header.Length, cancellationToken);
        var length = SealedObjectFormat.SealedLength(referred.Length);
        return (await context.FindAsync(referred.Path, cancellationToken))?.Length == length ? null : $"It is not of {length} octets, as the sealed payload of record {referred.Record} is.";
    }

    private async ValueTask OpenAsync(ReferredObject referred, CancellationToken cancellationToken)
    {
        var location = new PayloadLocation(StoreManifest.DefaultStore, referred.Path, 0, referred.Length) { Record = referred.Record };
        await using var content = await new SealedPayloads(context.Keys)
            .OpenObjectAsync(context.Store, location, new DomainKey(folder.Tenant, folder.Domain, 0), 0, referred.Length, cancellationToken);
        var buffer = new byte[SealedObjectFormat.ChunkSize];
        var opened = 0L;
        while (await content.ReadAsync(buffer, cancellationToken) is > 0 and var read)
        {
            opened += read;
            await context.ReadAsync(report, read, cancellationToken);
        }

        if (opened != referred.Length)
            throw new PayloadDamagedException($"It has {opened} octets and not {referred.Length}.");
    }
}
