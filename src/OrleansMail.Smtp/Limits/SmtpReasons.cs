namespace OrleansMail.Smtp.Limits;

/// <summary>
/// The engine's words for reasons, in decisions and in the metric of refusals. The list is closed: a word once given keeps its meaning. A
/// delivery's replies may bring words of their own (<see cref="SmtpReply.Reason"/>).
/// </summary>
public static class SmtpReasons
{
    /// <summary>Nothing was refused.</summary>
    public const string Accepted = "accepted";

    /// <summary>The delivery refused or deferred, and its reply names no reason.</summary>
    public const string Delivery = "delivery";

    /// <summary>Something broke here: an exception of the delivery, a sink or a command.</summary>
    public const string Failure = "failure";

    /// <summary>The command, its address or a parameter is not what it must be.</summary>
    public const string Syntax = "syntax";

    /// <summary>The command does not belong there (RFC 5321 §4.1.4).</summary>
    public const string Order = "order";

    /// <summary>A message was declared or sent larger than allowed (RFC 1870).</summary>
    public const string Size = "size";

    /// <summary>Over <see cref="SmtpServerOptions.MaxRecipients"/>.</summary>
    public const string Recipients = "recipients";

    /// <summary>Over <see cref="SmtpServerOptions.MaxRecipientDomains"/>.</summary>
    public const string RecipientDomains = "recipient-domains";

    /// <summary>Over <see cref="SmtpServerOptions.MaxTransactionsPerSession"/>.</summary>
    public const string SessionTransactions = "session-transactions";

    /// <summary>Over <see cref="SmtpServerOptions.MaxCommandLineBytes"/>.</summary>
    public const string LineTooLong = "line-too-long";

    /// <summary>A CR or LF outside a CRLF, where that is refused (<see cref="SmtpBareNewlines.Reject"/>).</summary>
    public const string BareNewlines = "bare-newlines";

    /// <summary>The command needs TLS.</summary>
    public const string TlsRequired = "tls-required";

    /// <summary>The command needs AUTH, or AUTH failed.</summary>
    public const string Authentication = "authentication";

    /// <summary>Over <see cref="SmtpServerOptions.MaxErrors"/>.</summary>
    public const string Errors = "errors";

    /// <summary>Over <see cref="SmtpServerOptions.MaxUnknownRecipients"/>.</summary>
    public const string UnknownRecipients = "unknown-recipients";

    /// <summary>Over <see cref="SmtpServerOptions.MaxCommandsWithoutTransaction"/>.</summary>
    public const string Commands = "commands";

    /// <summary>Over <see cref="SmtpServerOptions.MaxConnections"/>.</summary>
    public const string Connections = "connections";

    /// <summary>Over <see cref="SmtpServerOptions.MaxConnectionsPerAddress"/>.</summary>
    public const string AddressConnections = "address-connections";

    /// <summary>Over <see cref="SmtpServerOptions.ConnectionsPerMinutePerAddress"/>.</summary>
    public const string AddressRate = "address-rate";

    /// <summary>Over <see cref="SmtpServerOptions.MaxTransactions"/>.</summary>
    public const string Transactions = "transactions";

    /// <summary><see cref="SmtpTimeout.Greeting"/>.</summary>
    public const string GreetingTimeout = "greeting-timeout";

    /// <summary><see cref="SmtpTimeout.Command"/>.</summary>
    public const string CommandTimeout = "command-timeout";

    /// <summary><see cref="SmtpTimeout.DataBlock"/>.</summary>
    public const string DataTimeout = "data-timeout";

    /// <summary><see cref="SmtpTimeout.Transaction"/>.</summary>
    public const string TransactionTimeout = "transaction-timeout";

    /// <summary><see cref="SmtpTimeout.DataRate"/>.</summary>
    public const string DataRate = "data-rate";

    /// <summary><see cref="SmtpTimeout.SessionAge"/>.</summary>
    public const string SessionAge = "session-age";

    /// <summary><see cref="SmtpTimeout.TlsHandshake"/>.</summary>
    public const string HandshakeTimeout = "handshake-timeout";

    /// <summary>A TLS handshake failed. The client's retry in plaintext is none the worse for it.</summary>
    public const string Handshake = "handshake";

    /// <summary>A PROXY header was missing where it is required, invalid or late.</summary>
    public const string Proxy = "proxy";

    /// <summary>The server is going down.</summary>
    public const string ShuttingDown = "shutting-down";

    /// <summary>The word for a reply: its own, or what its code says.</summary>
    internal static string Of(SmtpReply reply) => reply.Reason ?? reply.Code switch
    {
        < 400 => Accepted,
        500 or 501 or 502 or 504 or 555 => Syntax,
        503 => Order,
        530 => TlsRequired,
        535 or 538 => Authentication,
        _ => Delivery,
    };

    /// <summary>The word for a limit of time.</summary>
    internal static string Of(SmtpTimeout timeout) => timeout switch
    {
        SmtpTimeout.Greeting => GreetingTimeout,
        SmtpTimeout.Command => CommandTimeout,
        SmtpTimeout.DataBlock => DataTimeout,
        SmtpTimeout.Transaction => TransactionTimeout,
        SmtpTimeout.DataRate => DataRate,
        SmtpTimeout.SessionAge => SessionAge,
        SmtpTimeout.TlsHandshake => HandshakeTimeout,
        _ => throw new ArgumentOutOfRangeException(nameof(timeout)),
    };
}
