using Microsoft.Extensions.Logging;
using OrleansMail.Grains.State;
using OrleansMail.Storage;
using OrleansMail.Storage.Encryption;
using OrleansMail.Storage.Verification;

namespace OrleansMail.Grains.Verification;

/// <summary>One pass through a store, from where the last was stopped, at a bounded rate.</summary>
internal sealed partial class VerificationPass(
    IObjectStore store, GrainDocument<VerificationState> document, MailGrainOptions options, VerificationMetrics metrics, TimeProvider time, ILogger logger, TenantKeyring? keyring = null)
{
    // The position is stored so often: what was checked since is checked again after a restart.
    private static readonly TimeSpan StoreEvery = TimeSpan.FromMinutes(1);
    private long records;
    private long mismatches;
    private int logged;

    /// <summary>Checks the rest of the store.</summary>
    /// <exception cref="Contracts.Storage.StoreUnavailableException">The store failed; another pass goes on.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var state = await document.ReadAsync();
        var limit = new ReadLimit(options.VerifyBytesPerSecond, time);
        var report = new VerificationReport();
        var storedAt = time.GetTimestamp();
        await new StoreVerifier(store, time, limit.ReadAsync, keyring).VerifyAsync(
            report,
            state.Position,
            async position =>
            {
                Tell(report);
                if (time.GetElapsedTime(storedAt) < StoreEvery)
                    return;
                storedAt = time.GetTimestamp();
                await document.WriteAsync(state with { Position = position, Found = state.Found + report.MismatchCount });
            },
            cancellationToken);
        Tell(report);
        var now = time.GetUtcNow();
        await document.WriteAsync(new VerificationState { CompletedAt = now, Mismatches = state.Found + report.MismatchCount });
        metrics.Completed(now);
        Log.Completed(logger, report.Counts.Records, report.Counts.Octets, state.Found + report.MismatchCount);
    }

    private void Tell(VerificationReport report)
    {
        metrics.Checked(report.Counts.Records - records, report.MismatchCount - mismatches);
        (records, mismatches) = (report.Counts.Records, report.MismatchCount);
        for (; logged < report.Mismatches.Count; logged++)
            Log.Mismatch(logger, report.Mismatches[logged].Kind, report.Mismatches[logged].Path, report.Mismatches[logged].Detail);
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "The store is damaged ({Kind}): {Path}: {Detail} See docs/operations/verify.md.", EventName = "StoreDamaged")]
        public static partial void Mismatch(ILogger logger, string kind, string path, string detail);

        [LoggerMessage(LogLevel.Information, "The store was verified: {Records} records and {Octets} octets since it was begun or resumed, {Mismatches} mismatches.", EventName = "StoreVerified")]
        public static partial void Completed(ILogger logger, long records, long octets, long mismatches);
    }
}
