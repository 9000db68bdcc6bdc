using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using OrleansMail.Smtp.Replies;
using OrleansMail.Smtp.Sessions;

namespace OrleansMail.Smtp;

/// <summary>One connection's conversation: reads commands in order, answers each once, and never overtakes itself.</summary>
public sealed partial class SmtpSession
{
    // How long a closing session waits for its peer to take the last reply.
    private static readonly TimeSpan Linger = TimeSpan.FromSeconds(10);

    private readonly SmtpServer _server;
    private readonly SessionTimer _timer;
    private readonly SessionChannel _channel;
    private readonly ConnectionContext? _connection;
    private readonly CommandLoop _loop;
    private volatile bool _closing;
    private volatile Farewell? _farewell;

    internal SmtpSession(SmtpServer server, SmtpSessionContext context, IDuplexPipe transport, ConnectionContext? connection)
    {
        _server = server;
        _connection = connection;
        _timer = new SessionTimer(server.Time);
        _channel = new SessionChannel(transport, _timer, server.Options.MaxCommandLineBytes);
        _loop = new CommandLoop(server, this, _channel, _timer);
        Context = context;
    }

    /// <summary>What is known of the session.</summary>
    public SmtpSessionContext Context { get; }

    /// <summary>The settings.</summary>
    public SmtpServerOptions Options => _server.Options;

    /// <summary>The delivery that decides for this session.</summary>
    public ISmtpDelivery Delivery { get; private set; } = null!;

    /// <summary>The open transaction; null between transactions.</summary>
    public SmtpTransaction? Transaction { get; private set; }

    /// <summary>The one phase the session is in.</summary>
    public SmtpPhases Phase =>
        Transaction is { } transaction ? transaction.Accepted.Count > 0 ? SmtpPhases.Recipients : SmtpPhases.Sender
        : Context.Helo is null ? SmtpPhases.Connected : SmtpPhases.Ready;

    internal bool IsClosing => _closing;

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
        _loop.Mistakes.Forgive();
    }

    /// <summary>The refusal that is returned next has a limit of its own: a mailing list's stale addresses are no protocol errors.</summary>
    internal void RecipientRefused() => _loop.Mistakes.RecipientRefused();

    /// <summary>Ends the session with this reply.</summary>
    internal void End(SmtpReply last)
    {
        Write(last);
        _closing = true;
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

    /// <summary>Wakes the session from waiting when its time is over, and cuts a connection that lingers; called by the clock.</summary>
    internal void Tick(long now)
    {
        if (_farewell is { IsTaken: true })
        {
            _server.Forget(this);
            return;
        }

        if (!_timer.IsDue(now))
            return;
        _channel.LookUp();
        if (!_closing)
            return;
        _connection?.Abort(); // its last replies are not taken
        if (_farewell is not null)
            _server.Forget(this);
    }

    /// <summary>Makes a waiting session look at the server's state.</summary>
    internal void LookUp() => _channel.LookUp();

    /// <summary>Cuts the connection.</summary>
    internal void Abort()
    {
        _connection?.Abort();
        _channel.GiveUp();
    }

    /// <summary>Runs the session to its end; the pipes are completed.</summary>
    internal async Task RunAsync()
    {
        try
        {
            if (await GreetAsync())
                await _loop.RunAsync();
            Reset();
            await FinishAsync();
        }
        finally
        {
            Reset();
            await _channel.CompleteAsync();
            if (_connection is null)
                _server.Forget(this);
            else
                _farewell = new Farewell(_connection);
        }
    }

    /// <summary>Names session and peer in a log scope.</summary>
    public override string ToString() => $"smtp {Context.Id} {Context.RemoteEndPoint?.ToString() ?? "-"}";

    private async ValueTask<bool> GreetAsync()
    {
        _timer.StartPhase(SmtpTimeout.Greeting, Options.Timeouts.Greeting);
        if (_server.IsDraining)
        {
            End(StandardReplies.ShuttingDown(Context.HostName));
            return false;
        }

        try
        {
            Delivery = await _server.Deliveries.CreateAsync(Context, _server.Ending);
        }
        catch (Exception e)
        {
            Log.NoDelivery(Logger, e);
            End(StandardReplies.Unavailable(Context.HostName));
            return false;
        }

        Write(_server.Banner);
        return true;
    }

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

    private async ValueTask FinishAsync()
    {
        _closing = true;
        _timer.StartPhase(SmtpTimeout.Command, Linger);
        if (!await _channel.FlushAsync())
            _connection?.Abort();
        _timer.Arm(); // the transport now sends what the pipe took; the clock watches it
        if (_channel.Loss is { } loss)
            Log.Lost(Logger, loss.Message);
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Debug, "The connection was lost: {Reason}", EventName = "ConnectionLost")]
        public static partial void Lost(ILogger logger, string reason);

        [LoggerMessage(LogLevel.Error, "No delivery could be made for the session; answered 421.", EventName = "NoDelivery")]
        public static partial void NoDelivery(ILogger logger, Exception exception);

        [LoggerMessage(LogLevel.Debug, "Time is over: {Timeout}.", EventName = "TimedOut")]
        public static partial void TimedOut(ILogger logger, SmtpTimeout timeout);

        [LoggerMessage(LogLevel.Error, "The hook for timeouts failed.", EventName = "TimeoutHookFailed")]
        public static partial void HookFailed(ILogger logger, Exception exception);

        [LoggerMessage(LogLevel.Warning, "The delivery failed on a reply that was seen.", EventName = "ReplySeenFailed")]
        public static partial void ReplySeenFailed(ILogger logger, Exception exception);
    }
}
