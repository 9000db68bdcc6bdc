using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using OrleansMail.Smtp.Commands;
using OrleansMail.Smtp.Limits;
using OrleansMail.Smtp.Proxy;
using OrleansMail.Smtp.Replies;

namespace OrleansMail.Smtp.Sessions;

/// <summary>A session from its greeting to the end of its connection, and what the clock and the server do to it meanwhile.</summary>
internal sealed partial class SessionRun
{
    // How long a closing session waits for its peer to take the last reply.
    private static readonly TimeSpan Linger = TimeSpan.FromSeconds(10);

    private readonly SmtpServer _server;
    private readonly ConnectionContext? _connection;
    private readonly SessionTimer _timer;
    private readonly SessionChannel _channel;
    private readonly SmtpSession _session;
    private volatile Farewell? _farewell;

    public SessionRun(SmtpServer server, SmtpSessionContext context, IDuplexPipe transport, ConnectionContext? connection)
    {
        _server = server;
        _connection = connection;
        _timer = new SessionTimer(server.Time, server.Options.Timeouts.SessionAge);
        _channel = new SessionChannel(transport, _timer, server.Options.MaxCommandLineBytes);
        _session = new SmtpSession(server, context, _channel, _timer);
        if (AuthCommand.IsThere(server.Options, context.Listener))
            _channel.Input.MaxAuthLine = AuthCommand.MaxLine;
    }

    /// <summary>Runs the session to its end; the pipes are completed.</summary>
    public async Task RunAsync()
    {
        try
        {
            if (await OpenAsync() && await GreetAsync())
                await new CommandLoop(_server, _session, _channel, _timer).RunAsync();
            await ResetAsync();
            await FinishAsync();
        }
        finally
        {
            await ResetAsync();
            _session.Lease?.Dispose();
            _server.LeaveConnection();
            await _channel.CompleteAsync();
            SayFarewell();
        }
    }

    /// <summary>Wakes the session from waiting when its time is over, and cuts a connection that lingers; called by the clock.</summary>
    public void Tick(long now)
    {
        if (_farewell is { IsTaken: true })
        {
            _server.Forget(this);
            return;
        }

        if (_timer.Ages(now))
            _channel.LookUp(); // also when it is never found waiting
        if (!_timer.IsDue(now))
            return;
        _channel.LookUp();
        if (!_session.IsClosing)
            return;
        _connection?.Abort(); // its last replies are not taken
        if (_farewell is not null)
            _server.Forget(this);
    }

    /// <summary>Makes a waiting session look at the server's state.</summary>
    public void LookUp() => _channel.LookUp();

    /// <summary>Cuts the connection.</summary>
    public void Abort()
    {
        _connection?.Abort();
        _channel.GiveUp();
    }

    /// <summary>The session's name in a log scope.</summary>
    public override string ToString() => _session.ToString();

    // What comes before the greeting, in the order of the octets on the wire: the proxy's word, TLS. Between them, whether the client may
    // stay: handshakes that never end count as its connections too.
    private async ValueTask<bool> OpenAsync()
    {
        _timer.StartPhase(SmtpTimeout.Greeting, _server.Options.Timeouts.Greeting);
        return await ProxyPrologue.RunAsync(_session)
            && ConnectionAdmission.Admit(_session)
            && (_session.Context.Listener.Tls != SmtpListenerTls.Implicit || await _session.StartTlsAsync());
    }

    private async ValueTask<bool> GreetAsync()
    {
        if (_server.IsDraining)
        {
            _session.End(StandardReplies.ShuttingDown(_session.Context.HostName));
            return false;
        }

        try
        {
            await _session.RenewDeliveryAsync();
        }
        catch (Exception e)
        {
            Log.NoDelivery(_server.Logger, e);
            _session.End(StandardReplies.Unavailable(_session.Context.HostName));
            return false;
        }

        _session.Write(_session.Banner);
        return true;
    }

    private ValueTask ResetAsync()
    {
        _session.Reset();
        return _session.AbortAbandonedAsync();
    }

    private async ValueTask FinishAsync()
    {
        _session.Close();
        _timer.StartPhase(SmtpTimeout.Command, Linger);
        if (!await _channel.EndAsync())
            _connection?.Abort();
        if (_channel.Loss is { } loss)
            Log.Lost(_server.Logger, loss.Message);
    }

    // The transport now sends what the pipe took; the clock watches it.
    private void SayFarewell()
    {
        if (_connection is null)
        {
            _server.Forget(this);
            return;
        }

        _session.Close();
        _timer.StartPhase(SmtpTimeout.Command, Linger);
        _timer.Arm();
        _farewell = new Farewell(_connection);
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Debug, "The connection was lost: {Reason}", EventName = "ConnectionLost")]
        public static partial void Lost(ILogger logger, string reason);

        [LoggerMessage(LogLevel.Error, "No delivery could be made for the session; answered 421.", EventName = "NoDelivery")]
        public static partial void NoDelivery(ILogger logger, Exception exception);
    }
}
