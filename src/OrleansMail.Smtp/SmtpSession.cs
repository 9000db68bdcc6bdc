using Microsoft.Extensions.Logging;
using OrleansMail.Smtp.Commands;
using OrleansMail.Smtp.Data;
using OrleansMail.Smtp.Limits;
using OrleansMail.Smtp.Proxy;
using OrleansMail.Smtp.Replies;
using OrleansMail.Smtp.Sessions;
using OrleansMail.Smtp.Tls;

namespace OrleansMail.Smtp;

/// <summary>One connection's conversation as its commands see it: who talks, the open transaction, replies, and the wait for more.</summary>
public sealed partial class SmtpSession
{
    private readonly SmtpServer _server;
    private readonly SessionTimer _timer;
    private readonly SessionChannel _channel;
    private volatile bool _closing;
    private ChunkedMessage? _abandoned;
    private ISmtpDelivery? _accepting;
    private int _transactions;
    private RecipientDomains _recipientDomains;

    internal SmtpSession(SmtpServer server, SmtpSessionContext context, SessionChannel channel, SessionTimer timer)
    {
        _server = server;
        _channel = channel;
        _timer = timer;
        Context = context;
        Mistakes = new MistakeCounter(server.Options);
        Decisions = new SessionDecisions(server.Decisions, context);
        _recipientDomains = new RecipientDomains(server.Options.MaxRecipientDomains);
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
        Transaction is { } transaction
            ? transaction.Chunks is not null ? SmtpPhases.Chunks : transaction.Accepted.Count > 0 ? SmtpPhases.Recipients : SmtpPhases.Sender
        : Context.Helo is null ? SmtpPhases.Connected : SmtpPhases.Ready;

    internal bool IsClosing => _closing;

    /// <summary>Whether the peer itself is trusted to say by XCLIENT for whom it speaks.</summary>
    internal bool MayTellClient { get; set; }

    /// <summary>Wrong credentials given so far.</summary>
    internal int FailedAuthentications { get; set; }

    internal TrustedNetworks TrustedProxies => _server.TrustedProxies;

    internal SmtpReply Banner => Context.Listener.Lmtp ? _server.LmtpBanner : _server.Banner;

    internal MistakeCounter Mistakes { get; }

    internal SessionDecisions Decisions { get; }

    internal ConnectionLimits ConnectionLimits => _server.ConnectionLimits;

    /// <summary>The connection of the client that the session counts as; null while it counts as none.</summary>
    internal ConnectionLease? Lease { get; set; }

    /// <summary>Whether another transaction may begin, as far as can be told now.</summary>
    internal bool HasRoomForTransaction => _server.HasRoomForTransaction;

    internal SmtpLineReader Input => _channel.Input;

    internal ILogger Logger => _server.Logger;

    /// <summary>The answer to a command that comes before the greeting.</summary>
    internal SmtpReply GreetFirst => Context.Listener.Lmtp ? StandardReplies.LhloFirst : StandardReplies.HelloFirst;

    internal CommandTable Commands => _server.Commands;

    /// <summary>Whether the session may begin another transaction (RFC 9422 §3.1).</summary>
    internal bool HasTransactionLeft => Options.MaxTransactionsPerSession == 0 || _transactions < Options.MaxTransactionsPerSession;

    internal ref RecipientDomains RecipientDomains => ref _recipientDomains;

    // Asked before each wait: a request to look up may have come together with data.
    internal bool IsToEnd => _server.Ending.IsCancellationRequested || _server.IsDraining && Transaction is null;

    /// <summary>Forgets the open transaction. The sinks of a message in chunks that has begun are aborted before the present command's reply is written.</summary>
    public void Reset()
    {
        if (Transaction is null)
            return;
        _abandoned ??= Transaction.Chunks;
        Transaction = null;
        _timer.EndTransaction();
        _server.TransactionEnded();
    }

    /// <summary>Ends the session after the present reply.</summary>
    public void Close() => _closing = true;

    /// <summary>Aborts the sinks of a message in chunks whose transaction was reset.</summary>
    internal ValueTask AbortAbandonedAsync()
    {
        if (_abandoned is not { } message)
            return default;
        _abandoned = null;
        return message.Sinks.FailAsync(StandardReplies.LocalError);
    }

    /// <summary>Octets of content that a transaction may have.</summary>
    internal long MaxContentBytes(SmtpTransaction transaction) => Math.Min(transaction.MaxMessageBytes, Options.MaxMessageBytes);

    /// <summary>What is read and discarded outside a transaction has the time of one.</summary>
    internal void StartDiscarding() => _timer.StartTransaction(Options.Timeouts.Transaction);

    /// <summary>The end of what is discarded.</summary>
    internal void EndDiscarding() => _timer.EndTransaction();

    /// <summary>Opens a transaction.</summary>
    /// <returns>False when there are as many as there may be.</returns>
    internal bool TryBegin(SmtpTransaction transaction)
    {
        Reset();
        if (!_server.TryStartTransaction())
            return false;
        Transaction = transaction;
        Decisions.IsAbout(transaction);
        _transactions++;
        _timer.StartTransaction(Options.Timeouts.Transaction);
        return true;
    }

    /// <summary>Has the delivery made: at the beginning, and again for another client or identity.</summary>
    internal async ValueTask RenewDeliveryAsync() => Delivery = await _server.Deliveries.CreateAsync(Context, _server.Ending);

    internal void StartPhase(SmtpTimeout kind, TimeSpan limit) => _timer.StartPhase(kind, limit);

    internal void Write(SmtpReply reply)
    {
        _channel.Write(reply);
        _server.Metrics.Replied(reply.Code);
    }

    /// <summary>Writes one of many replies, and sends them when there are enough.</summary>
    internal async ValueTask WriteAsync(SmtpReply reply)
    {
        Write(reply);
        if (_channel.IsFull)
            await _channel.FlushAsync();
    }

    /// <summary>A message was accepted: the arrival of its reply is to be known, and past mistakes are forgiven.</summary>
    internal void MessageAccepted()
    {
        _accepting = Delivery;
        _channel.ExpectSeen();
        Mistakes.Forgive();
    }

    /// <summary>Reports a reply that was written. The reply to a chunk that does not end the data decides nothing yet.</summary>
    /// <param name="stage">What it answers.</param>
    /// <param name="reply">The reply.</param>
    /// <param name="reason">Why; null for the reply's own reason.</param>
    internal void Decide(SmtpStage stage, SmtpReply reply, string? reason = null)
    {
        if (stage != SmtpStage.Data || !reply.IsPositive || Transaction is null)
            Decisions.Tell(Transaction, stage, reply, reason);
    }

    /// <summary>Ends the session with this reply, which is a decision.</summary>
    internal void End(SmtpReply last, SmtpStage stage = SmtpStage.Session, string? reason = null)
    {
        // Nothing can be said before a handshake that is to come first (RFC 8314 §3.3): the connection is closed without a word.
        if (Context.Listener.Tls != SmtpListenerTls.Implicit || Context.Tls is not null)
            Write(last);
        EndSilently(last, stage, reason);
    }

    /// <summary>Ends the session without a word, because nothing can be said or nobody is known to hear it; the reply is what would be said.</summary>
    internal void EndSilently(SmtpReply unsaid, SmtpStage stage, string? reason = null)
    {
        Decide(stage, unsaid, reason);
        _closing = true;
    }

    /// <summary>Between transactions, ends a session that is too old, or whose server ends.</summary>
    internal void EndIfDue()
    {
        if (Transaction is not null)
            return;
        if (_server.IsDraining)
            End(StandardReplies.ShuttingDown(Context.HostName));
        else if (_timer.IsOld)
            Expire(SmtpTimeout.SessionAge);
    }

    /// <summary>Whether the session can be encrypted by STARTTLS: its listener allows it and there is a certificate.</summary>
    internal bool OffersTls => Context.Tls is null && Context.Listener.Tls == SmtpListenerTls.StartTls && HasCertificate();

    /// <summary>Forgets what was received and not yet handled: nothing sent in plaintext may be taken for what TLS carries (RFC 3207 §4.2).</summary>
    internal void DiscardInput() => Input.Discard();

    /// <summary>
    /// Sends the replies and does the server's side of a TLS handshake. What the client said before is forgotten (RFC 3207 §4.2); the
    /// delivery stays. Octets that were received and not taken are the handshake's.
    /// </summary>
    /// <returns>False when it failed: the session is over, and nothing can be said to the client.</returns>
    internal async ValueTask<bool> StartTlsAsync()
    {
        Reset();
        _timer.StartPhase(SmtpTimeout.TlsHandshake, Options.Timeouts.TlsHandshake);
        var outcome = await _channel.StartTlsAsync(new TlsHandshake(Context, Options.Tls));
        _server.Metrics.Shaken(outcome);
        if (outcome == ReadOutcome.Data)
        {
            Context.Tls = _channel.Tls;
            (Context.Helo, Context.IsExtended) = (null, false);
            _timer.StartPhase(SmtpTimeout.Greeting, Options.Timeouts.Greeting);
            return true;
        }

        if (outcome == ReadOutcome.Expired)
            _server.Hooks.TimedOut(Context, SmtpTimeout.TlsHandshake);
        if (_channel.HandshakeFailure is { } failure)
            _server.Hooks.HandshakeFailed(Context, failure);
        EndSilently(StandardReplies.HandshakeFailed(Context.HostName), SmtpStage.Session, outcome == ReadOutcome.Expired ? SmtpReasons.HandshakeTimeout : null);
        return false;
    }

    /// <summary>Sends the replies and waits for more input; what becomes of the session is the caller's.</summary>
    internal ValueTask<ReadOutcome> WaitAsync() => _channel.FillAsync();

    /// <summary>Sends the replies and waits for more input.</summary>
    /// <returns>False when the session is over; its last reply, if any, is written.</returns>
    internal async ValueTask<bool> FillAsync()
    {
        while (!IsToEnd)
        {
            if (_timer.IsOld && Transaction is null)
            {
                Expire(SmtpTimeout.SessionAge);
                return false;
            }

            if (_timer.IsMetering)
                Meter();
            if (_timer.IsOver)
            {
                Expire(_timer.Kind);
                return false;
            }

            switch (await _channel.FillAsync())
            {
                case ReadOutcome.Data:
                    if (_channel.TakeSeen())
                        await ReportSeenAsync();
                    return true;
                case ReadOutcome.LookUp:
                    continue;
                case ReadOutcome.Expired:
                    Expire(_timer.Kind);
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
        Meter();
        return FillAsync();
    }

    /// <summary>Names session and peer in a log scope.</summary>
    public override string ToString() => $"smtp {Context.Id} {Context.RemoteEndPoint?.ToString() ?? "-"}";

    // Goes on from one chunk of a message to the next (RFC 3030), so that many little ones are no way around it.
    private void Meter() => _timer.Meter(Input.Received, Options.MinDataRate, Options.Timeouts.DataRateWindow);

    private void Expire(SmtpTimeout kind)
    {
        _server.Hooks.TimedOut(Context, kind);
        End(StandardReplies.Timeout(Context.HostName), reason: SmtpReasons.Of(kind));
    }

    private bool HasCertificate()
    {
        try
        {
            return TlsHandshake.DefaultCertificate(Context, Options.Tls) is not null;
        }
        catch (Exception e)
        {
            Log.NoCertificate(Logger, e);
            return false;
        }
    }

    private async ValueTask ReportSeenAsync()
    {
        try
        {
            await _accepting!.ReplySeenAsync(_server.Ending); // not one that AUTH or XCLIENT has put in its place
        }
        catch (Exception e)
        {
            Log.ReplySeenFailed(Logger, e);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "No certificate could be had; TLS is not offered.", EventName = "NoCertificate")]
        public static partial void NoCertificate(ILogger logger, Exception exception);

        [LoggerMessage(LogLevel.Warning, "The delivery failed on a reply that was seen.", EventName = "ReplySeenFailed")]
        public static partial void ReplySeenFailed(ILogger logger, Exception exception);
    }
}
