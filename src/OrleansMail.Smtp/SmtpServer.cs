using System.Diagnostics.Metrics;
using System.Globalization;
using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using OrleansMail.Smtp.Commands;
using OrleansMail.Smtp.Limits;
using OrleansMail.Smtp.Proxy;
using OrleansMail.Smtp.Replies;
using OrleansMail.Smtp.Sessions;

namespace OrleansMail.Smtp;

/// <summary>Runs sessions: what they share is the options, the delivery factory, one clock tick and the metrics.</summary>
public sealed partial class SmtpServer : ConnectionHandler, IAsyncDisposable
{
    // Ids start at the clock so that they differ from those of an earlier process in the same log.
    private static long _lastId;

    private static readonly SmtpListenerOptions DefaultListener = new();

    // How long sessions that were cut may take to end.
    private static readonly TimeSpan AbortTime = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _ending = new();
    private readonly SessionClock _clock;
    private readonly SmtpReply _full;
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _sessions;
    private int _connections;
    private int _transactions;
    private volatile bool _draining;

    /// <summary>Creates a server without a listener: connections are handed to it.</summary>
    /// <param name="options">The settings; not changed while the server lives.</param>
    /// <param name="deliveries">Decides what is accepted and where it goes.</param>
    /// <param name="time">The clock of timeouts; the system's by default.</param>
    /// <param name="loggers">Where sessions log, in a scope that names session and peer.</param>
    /// <param name="meters">Makes meter <c>OrleansMail</c>; null measures nothing.</param>
    public SmtpServer(SmtpServerOptions options, ISmtpDeliveryFactory deliveries, TimeProvider? time = null, ILoggerFactory? loggers = null, IMeterFactory? meters = null)
    {
        Options = options;
        Deliveries = deliveries;
        Time = time ?? TimeProvider.System;
        Logger = (loggers ?? NullLoggerFactory.Instance).CreateLogger<SmtpSession>();
        Metrics = new SmtpMetrics(meters);
        Hooks = new SessionHooks(options, Logger);
        Decisions = new DecisionPoint(options, Metrics, Time, Logger);
        ConnectionLimits = new ConnectionLimits(options, Time);
        _full = StandardReplies.TooManySessions(options.HostName);
        Commands = new CommandTable(options.Commands, options.StrictWhiteSpace);
        Banner = new SmtpReply(220, null, $"{options.HostName} {options.Greeting}");
        LmtpBanner = new SmtpReply(220, null, $"{options.HostName} LMTP");
        TrustedProxies = new TrustedNetworks(options.TrustedProxies);
        Ending = _ending.Token;
        _clock = new SessionClock(Time, Logger);
    }

    /// <summary>Sessions open now.</summary>
    public int Sessions => Volatile.Read(ref _sessions);

    /// <summary>Sessions inside a transaction now.</summary>
    public int Transactions => Volatile.Read(ref _transactions);

    /// <summary>Sessions that the clock watches: those open, and those whose last replies are being sent.</summary>
    internal int Watched => _clock.Sessions.Count();

    internal SmtpServerOptions Options { get; }

    internal ISmtpDeliveryFactory Deliveries { get; }

    internal TimeProvider Time { get; }

    internal ILogger Logger { get; }

    internal SmtpMetrics Metrics { get; }

    internal SessionHooks Hooks { get; }

    internal DecisionPoint Decisions { get; }

    internal ConnectionLimits ConnectionLimits { get; }

    internal CommandTable Commands { get; }

    internal SmtpReply Banner { get; }

    internal SmtpReply LmtpBanner { get; }

    internal TrustedNetworks TrustedProxies { get; }

    /// <summary>Cancelled when sessions may no longer finish.</summary>
    internal CancellationToken Ending { get; }

    internal bool IsDraining => _draining;

    /// <summary>Runs one session of a listener with the default options until it ends.</summary>
    public override Task OnConnectedAsync(ConnectionContext connection) => RunAsync(connection, DefaultListener);

    /// <summary>Runs one session until it ends.</summary>
    /// <param name="connection">The connection of a transport such as Kestrel's.</param>
    /// <param name="listener">What its listener offers.</param>
    public Task RunAsync(ConnectionContext connection, SmtpListenerOptions listener) =>
        RunAsync(connection.Transport, CreateContext(connection.RemoteEndPoint as IPEndPoint, connection.LocalEndPoint as IPEndPoint, listener), connection);

    /// <summary>Runs one session over any pair of pipes until it ends, and completes both.</summary>
    /// <param name="transport">What the peer sends and is sent. The schedulers of the pipes must not be inline.</param>
    /// <param name="remote">The peer's address, if there is one.</param>
    /// <param name="local">Our address, if there is one.</param>
    /// <param name="listener">What the session is offered; the defaults of <see cref="SmtpListenerOptions"/> by default.</param>
    public Task RunAsync(IDuplexPipe transport, IPEndPoint? remote = null, IPEndPoint? local = null, SmtpListenerOptions? listener = null) =>
        RunAsync(transport, CreateContext(remote, local, listener ?? DefaultListener), null);

    /// <summary>Runs one session over a stream until it ends, and disposes the stream.</summary>
    /// <param name="stream">What the peer sends and is sent, such as a <c>NetworkStream</c>.</param>
    /// <param name="remote">The peer's address, if there is one.</param>
    /// <param name="local">Our address, if there is one.</param>
    /// <param name="listener">What the session is offered; the defaults of <see cref="SmtpListenerOptions"/> by default.</param>
    public async Task RunAsync(Stream stream, IPEndPoint? remote = null, IPEndPoint? local = null, SmtpListenerOptions? listener = null)
    {
        await using (stream)
            await RunAsync(new StreamTransport(stream), remote, local, listener);
    }

    /// <summary>
    /// Says 421 4.3.2 to sessions between transactions, lets those inside one finish for as long as the token allows, then ends them
    /// and waits until they have ended: at most a second, which only a delivery that ignores its token outlasts.
    /// </summary>
    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        _draining = true;
        foreach (var session in _clock.Sessions)
            session.LookUp();
        if (Sessions == 0)
            _drained.TrySetResult();
        try
        {
            await _drained.Task.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            await EndAsync();
            await ((Task)_drained.Task).WaitAsync(AbortTime, Time, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Ends all sessions at once.</summary>
    public async ValueTask DisposeAsync()
    {
        _draining = true;
        await EndAsync();
        _clock.Dispose();
        ConnectionLimits.Dispose();
        _ending.Dispose();
    }

    internal bool HasRoomForTransaction => Options.MaxTransactions <= 0 || Transactions < Options.MaxTransactions;

    internal bool TryStartTransaction()
    {
        if (Interlocked.Increment(ref _transactions) <= Options.MaxTransactions || Options.MaxTransactions <= 0)
            return true;
        TransactionEnded();
        return false;
    }

    internal void TransactionEnded() => Interlocked.Decrement(ref _transactions);

    internal void Forget(SessionRun session) => _clock.Remove(session);

    /// <summary>A connection is about to be closed: whoever sees that it is has room for another.</summary>
    internal void LeaveConnection() => Interlocked.Decrement(ref _connections);

    private async Task EndAsync()
    {
        if (!_ending.IsCancellationRequested)
            await _ending.CancelAsync();
        foreach (var session in _clock.Sessions)
            session.Abort();
    }

    private SmtpSessionContext CreateContext(IPEndPoint? remote, IPEndPoint? local, SmtpListenerOptions listener) => new()
    {
        Id = NextId(),
        HostName = Options.HostName,
        Listener = listener,
        RemoteEndPoint = remote,
        LocalEndPoint = local,
    };

    private string NextId()
    {
        Interlocked.CompareExchange(ref _lastId, Time.GetUtcNow().ToUnixTimeMilliseconds() << 16, 0);
        return Interlocked.Increment(ref _lastId).ToString("x", CultureInfo.InvariantCulture);
    }

    private Task RunAsync(IDuplexPipe transport, SmtpSessionContext context, ConnectionContext? connection)
    {
        if (Interlocked.Increment(ref _connections) <= Options.MaxConnections || Options.MaxConnections <= 0)
            return RunAsync(new SessionRun(this, context, transport, connection));
        LeaveConnection();
        return TurnAwayAsync(transport, context);
    }

    // No session is made of it: nothing is read, and nothing waits for the peer.
    private async Task TurnAwayAsync(IDuplexPipe transport, SmtpSessionContext context)
    {
        if (context.Listener.Tls != SmtpListenerTls.Implicit)
        {
            ReplyWriter.Write(transport.Output, _full);
            Metrics.Replied(_full.Code);
        }

        Decisions.Count(_full, SmtpReasons.Connections);
        Decisions.Tell(context, null, SmtpStage.Connection, null, _full, SmtpReasons.Connections, 0);
        try
        {
            await transport.Output.CompleteAsync();
            await transport.Input.CompleteAsync();
        }
        catch (Exception e)
        {
            Log.NotTurnedAway(Logger, e.Message);
        }
    }

    private async Task RunAsync(SessionRun session)
    {
        Interlocked.Increment(ref _sessions);
        Metrics.SessionStarted();
        _clock.Add(session);
        using var scope = Logger.BeginScope(session);
        try
        {
            await session.RunAsync();
        }
        finally
        {
            Metrics.SessionEnded();
            if (Interlocked.Decrement(ref _sessions) == 0 && _draining)
                _drained.TrySetResult();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Debug, "A connection over the limit was lost: {Reason}", EventName = "NotTurnedAway")]
        public static partial void NotTurnedAway(ILogger logger, string reason);
    }
}
