using OrleansMail.Contracts.Domains;
using OrleansMail.Contracts.Mailboxes;
using OrleansMail.Contracts.Messages;
using OrleansMail.Contracts.Storage;
using OrleansMail.Contracts.Tenants;

namespace OrleansMail.Server.Gateway.Recording;

/// <summary>
/// Has one submission recorded, trying again where the silo and not the store failed: each try carries the same id, so at most one
/// record comes of it.
/// </summary>
internal sealed partial class DomainRecorder(ILocalMailboxes local, MailboxesGrains grains, TimeProvider time, ILogger<DomainRecorder> logger)
{
    private const int MaxTries = 3;
    private static readonly TimeSpan MaxTime = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);

    /// <summary>Records the submission; never throws.</summary>
    public async Task<DomainOutcome> RecordAsync(TenantId tenant, DomainName domain, MessageSubmission submission)
    {
        var started = time.GetTimestamp();
        var held = false;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var receipt = await (local.TryRecordAsync(tenant, domain, submission, CancellationToken.None) is { } here
                    ? WaitAsync(here, MaxTime - time.GetElapsedTime(started))
                    : CallAsync(tenant, domain, submission, attempt == 1, started));
                return Outcome(receipt) with { PayloadMayBeHeld = held };
            }
            catch (Exception exception)
            {
                // A call whose answer never came may still be at work on the payload.
                held |= exception is not StoreUnavailableException;
                if (MayTryAgain(exception) && attempt < MaxTries && time.GetElapsedTime(started) < MaxTime)
                {
                    await Task.Delay(FirstPause * attempt, time);
                    continue;
                }

                Log.NotRecorded(logger, submission.Id, domain, attempt, exception);
                return new(exception is StoreFullException ? DomainResult.Full : DomainResult.Unavailable, PayloadMayBeHeld: held);
            }
        }
    }

    // The first call is bounded by the grains' response timeout, which is shorter than the time for all tries: it needs no timer of its own.
    private Task<RecordReceipt> CallAsync(TenantId tenant, DomainName domain, MessageSubmission submission, bool isFirst, long started)
    {
        var call = grains.Get(tenant, domain).RecordAsync(submission, CancellationToken.None).AsTask();
        return isFirst ? call : WaitAsync(call, MaxTime - time.GetElapsedTime(started));
    }

    private Task<RecordReceipt> WaitAsync(Task<RecordReceipt> call, TimeSpan left) =>
        call.WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, time);

    private static bool MayTryAgain(Exception exception) =>
        exception is SiloUnavailableException or OrleansMessageRejectionException or TimeoutException;

    private static DomainOutcome Outcome(RecordReceipt receipt) => receipt.Outcome switch
    {
        RecordOutcome.Recorded => new(DomainResult.Recorded, receipt.Id),
        RecordOutcome.Repeated => new(DomainResult.Repeated, receipt.Id),
        RecordOutcome.Suspended => new(DomainResult.Suspended),
        _ => new(DomainResult.Gone),
    };

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "Message {Id} for {Domain} was not recorded after {Tries} tries; the client keeps it.", EventName = "MessageNotRecorded")]
        public static partial void NotRecorded(ILogger logger, Ulid id, DomainName domain, int tries, Exception exception);
    }
}
