using Microsoft.Extensions.Logging;

namespace OrleansMail.Smtp.Sessions;

/// <summary>Tells the hooks in the options of what befell a session. What they throw is logged and costs the session nothing.</summary>
internal sealed partial class SessionHooks(SmtpServerOptions options, ILogger logger)
{
    /// <summary>A command line was too long.</summary>
    public void LineTooLong(SmtpSessionContext session) => Run(nameof(options.OnLineTooLong), () => options.OnLineTooLong?.Invoke(session));

    /// <summary>A session's time is over.</summary>
    public void TimedOut(SmtpSessionContext session, SmtpTimeout kind)
    {
        Log.TimedOut(logger, kind);
        Run(nameof(options.OnTimeout), () => options.OnTimeout?.Invoke(session, kind));
    }

    /// <summary>A TLS handshake failed.</summary>
    public void HandshakeFailed(SmtpSessionContext session, Exception failure)
    {
        Log.HandshakeFailed(logger, failure.Message);
        Run(nameof(options.Tls.OnHandshakeFailed), () => options.Tls.OnHandshakeFailed?.Invoke(session, failure));
    }

    private void Run(string hook, Action call)
    {
        try
        {
            call();
        }
        catch (Exception e)
        {
            Log.HookFailed(logger, hook, e);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Debug, "Time is over: {Timeout}.", EventName = "TimedOut")]
        public static partial void TimedOut(ILogger logger, SmtpTimeout timeout);

        [LoggerMessage(LogLevel.Debug, "The TLS handshake failed: {Reason}", EventName = "HandshakeFailed")]
        public static partial void HandshakeFailed(ILogger logger, string reason);

        [LoggerMessage(LogLevel.Error, "The hook {Hook} failed.", EventName = "HookFailed")]
        public static partial void HookFailed(ILogger logger, string hook, Exception exception);
    }
}
