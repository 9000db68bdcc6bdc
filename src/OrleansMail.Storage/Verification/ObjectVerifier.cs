using System.Security.Cryptography;

namespace OrleansMail.Storage.Verification;

/// <summary>Checks the large payloads of a domain: each that is referred to is there and is what was received; others are orphans.</summary>
internal sealed class ObjectVerifier(VerificationContext context, VerificationReport report, DomainFolder folder)
{
    private const int Step = 256 * 1024;

    /// <summary>Checks them.</summary>
    /// <param name="tally">What packs refer to.</param>
    /// <param name="logged">What logs have.</param>
    /// <param name="applied">The last log record that is in packs.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task VerifyAsync(DomainTally tally, LoggedDomain? logged, long applied, CancellationToken cancellationToken)
    {
        foreach (var referred in logged?.Objects.Where(o => o.Number > applied) ?? [])
            tally.Objects.TryAdd(referred.Record, referred);
        foreach (var referred in tally.Objects.Values)
            await VerifyAsync(referred, cancellationToken);
        var paths = tally.Objects.Values.Select(static o => o.Path).ToHashSet(StringComparer.Ordinal);
        await foreach (var item in context.Store.ListAsync(folder.Prefix + "obj/", null, cancellationToken))
        {
            if (!paths.Contains(item.Path))
                report.AddOrphan("object", item, context.Time.GetUtcNow());
        }
    }

    private async ValueTask VerifyAsync(ReferredObject referred, CancellationToken cancellationToken)
    {
        try
        {
            var problem = referred.Sha256 is { } expected
                ? await CompareAsync(referred, expected, cancellationToken)
                : await new SealedObjectCheck(context, report, folder).CheckAsync(referred, cancellationToken);
            if (problem is not null)
                report.Add(MismatchKinds.Object, referred.Path, problem);
        }
        catch (FileNotFoundException)
        {
            report.Add(MismatchKinds.ObjectMissing, referred.Path, $"It is the payload of record {referred.Record}.");
        }
    }

    private async ValueTask<string?> CompareAsync(ReferredObject referred, ReadOnlyMemory<byte> expected, CancellationToken cancellationToken)
    {
        report.Counts.Payloads++;
        report.Counts.Objects++;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var length = await ReadAsync(referred, hash, cancellationToken);
        return length == referred.Length && hash.GetHashAndReset().AsSpan().SequenceEqual(expected.Span) ? null : $"It is not the payload of record {referred.Record}.";
    }

    private async ValueTask<long> ReadAsync(ReferredObject referred, IncrementalHash hash, CancellationToken cancellationToken)
    {
        await using var stream = await context.Store.OpenReadAsync(referred.Path, 0, referred.Length + 1, cancellationToken);
        var buffer = new byte[Step];
        var length = 0L;
        while (await stream.ReadAsync(buffer, cancellationToken) is > 0 and var read)
        {
            hash.AppendData(buffer, 0, read);
            length += read;
            await context.ReadAsync(report, read, cancellationToken);
        }

        return length;
    }
}
