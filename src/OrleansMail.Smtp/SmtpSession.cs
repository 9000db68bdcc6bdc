using Microsoft.Extensions.Logging;
using OrleansMail.Smtp.Replies;
using OrleansMail.Smtp.Sessions;

namespace OrleansMail.Smtp;

/// <summary>One connection's conversation as its commands see it: who talks, the open transaction, replies, and the wait for more.</summary>
public sealed partial class SmtpSession
{
    private readonly SmtpServer _server;
    private readonly SessionTimer _timer;
    private readonly SessionChannel _channel;
    private volatile bool _closing;

    internal SmtpSession(SmtpServer server, SmtpSessionContext context, SessionChannel channel, SessionTimer timer)
    {
        _server = server;
        _channel = channel;
        _timer = timer;
        Context = context;
        Mistakes = new MistakeCounter(server.Options);
    }

    /// <summary>What is known of the session.</summary>
    public SmtpSessionContext Context { get; }

    /// <summary>The settings.</summary>
    public SmtpServerOptions Options => _server.Options;

    /// <summary>The delivery that decides for this session.</summary>
    public ISmtpDelivery Delivery { get; internal set; } = null!;

    /// <summary>The open transaction; null between transactions.</summary>
    public SmtpTransaction? Transaction { get; private set; }

    /// <summary>The one phase the session is in.</summary>
    public SmtpPhases Phase =>
        Transaction is { } transaction ? transaction.Accepted.Count > 0 ? SmtpPhases.Recipients : SmtpPhases.Sender
        : Context.Helo is null ? SmtpPhases.Connected : SmtpPhases.Ready;

    internal bool IsClosing => _closing;

    internal MistakeCounter Mistakes { get; }

    internal SmtpLineReader Input => _channel.Input;

    internal ILogger Logger => _server.Logger;

    internal IEnumerable<string> Verbs => _server.Commands.Verbs;

    // Asked before each wait: a request to look up may have come together with data.
    private bool IsToEnd => _server.Ending.IsCancellationRequested || _server.IsDraining && Transaction is null;

    /// <summary>Forgets the open transaction.</summary>
    public void Reset()
    {
        if (Transaction is null)
            return;
        Transaction = null;
        _timer.EndTransaction();
        _server.TransactionEnded();
    }

    /// <summary>Ends the session after the present reply.</summary>
    public void Close() => _closing = true;

    internal void Begin(SmtpTransaction transaction)
    {
        Reset();
        Transaction = transaction;
        _timer.StartTransaction(Options.Timeouts.Transaction);
        _server.TransactionStarted();
    }

    internal void Write(SmtpReply reply)
    {
        _channel.Write(reply);
        _server.Metrics.Replied(reply.Code);
    }

    /// <summary>A message was accepted: the arrival of its reply is to be known, and past mistakes are forgiven.</summary>
    internal void MessageAccepted()
    {
        _channel.ExpectSeen();
        Mistakes.Forgive();
    }

    /// <summary>The refusal that is returned next has a limit of its own: a mailing list's stale addresses are no protocol errors.</summary>
    internal void RecipientRefused() => Mistakes.RecipientRefused();

    /// <summary>Ends the session with this reply.</summary>
    internal void End(SmtpReply last)
    {
        Write(last);
        _closing = true;
    }

    /// <summary>Does the server's side of a TLS handshake; what was received before it in plaintext is discarded (RFC 3207 §4.2).</summary>
    /// <returns>False when it failed: the session is over.</returns>
    internal ValueTask<bool> StartTlsAsync()
    {
        _closing = true;
        return new(false);
    }

    /// <summary>Sends the replies and waits for more input.</summary>
    /// <returns>False when the session is over; its last reply, if any, is written.</returns>
    internal async ValueTask<bool> FillAsync()
    {
        while (!IsToEnd)
        {
            switch (await _channel.FillAsync())
            {
                case ReadOutcome.Data:
                    if (_channel.TakeSeen())
                        await ReportSeenAsync();
                    return true;
                case ReadOutcome.LookUp:
                    continue;
                case ReadOutcome.Expired:
                    Expire();
                    return false;
                default:
                    _closing = true;
                    return false;
            }
        }

        End(StandardReplies.ShuttingDown(Context.HostName));
        return false;
    }

    /// <summary>Waits for data of a message.</summary>
    /// <returns>False when the session is over; its last reply, if any, is written.</returns>
    internal ValueTask<bool> FillDataAsync()
    {
        _timer.StartPhase(SmtpTimeout.DataBlock, Options.Timeouts.DataBlock);
        return FillAsync();
    }

    /// <summary>Names session and peer in a log scope.</summary>
    public override string ToString() => $"smtp {Context.Id} {Context.RemoteEndPoint?.ToString() ?? "-"}";

    private void Expire()
    {
        Log.TimedOut(Logger, _timer.Kind);
        try
        {
            Options.OnTimeout?.Invoke(Context, _timer.Kind);
        }
        catch (Exception e)
        {
            Log.HookFailed(Logger, e);
        }

        End(StandardReplies.Timeout(Context.HostName));
    }

    private async ValueTask ReportSeenAsync()
    {
        try
        {
            await Delivery.ReplySeenAsync(_server.Ending);
        }
        catch (Exception e)
        {
            Log.ReplySeenFailed(Logger, e);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Debug, "Time is over: {Timeout}.", EventName = "TimedOut")]
        public static partial void TimedOut(ILogger logger, SmtpTimeout timeout);

        [LoggerMessage(LogLevel.Error, "The hook for timeouts failed.", EventName = "TimeoutHookFailed")]
        public static partial void HookFailed(ILogger logger, Exception exception);

        [LoggerMessage(LogLevel.Warning, "The delivery failed on a reply that was seen.", EventName = "ReplySeenFailed")]
        public static partial void ReplySeenFailed(ILogger logger, Exception exception);
    }
}
