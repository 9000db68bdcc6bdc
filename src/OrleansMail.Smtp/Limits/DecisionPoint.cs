using Microsoft.Extensions.Logging;
using OrleansMail.Smtp.Sessions;

namespace OrleansMail.Smtp.Limits;

/// <summary>Where every decision passes: refusals are counted, and whoever listens is told. While nobody listens it allocates nothing.</summary>
internal sealed partial class DecisionPoint(SmtpServerOptions options, SmtpMetrics metrics, TimeProvider time, ILogger logger)
{
    private readonly Action<SmtpDecision>? _heard = options.OnDecision;

    /// <summary>Whether somebody listens.</summary>
    public bool IsHeard => _heard is not null;

    /// <summary>When a command arrived, for <see cref="Tell"/>; 0 while nobody listens.</summary>
    public long Begin() => IsHeard ? time.GetTimestamp() : 0;

    /// <summary>Counts a refusal.</summary>
    public void Count(SmtpReply reply, string reason)
    {
        if (!reply.IsPositive)
            metrics.Refused(reason);
    }

    /// <summary>Tells of a decision; its command arrived at <paramref name="began"/>, 0 for none.</summary>
    public void Tell(SmtpSessionContext session, SmtpTransaction? transaction, SmtpStage stage, SmtpPath? path, SmtpReply reply, string reason, long began)
    {
        if (_heard is null)
            return;
        try
        {
            var elapsed = began == 0 ? TimeSpan.Zero : time.GetElapsedTime(began);
            _heard(new SmtpDecision(session, transaction, stage, path, reply, reason, elapsed));
        }
        catch (Exception e)
        {
            Log.HookFailed(logger, e);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "The hook for decisions failed.", EventName = "DecisionHookFailed")]
        public static partial void HookFailed(ILogger logger, Exception exception);
    }
}
