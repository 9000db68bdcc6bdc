using OrleansMail.Smtp.Limits;

namespace OrleansMail.Smtp.Replies;

/// <summary>The engine's own answers. None repeats what the client sent.</summary>
internal static class StandardReplies
{
    public static readonly SmtpReply StartTls = new(220, new(2, 0, 0), "Ready to start TLS");
    public static readonly SmtpReply Closing = new(221, new(2, 0, 0), "See you later");
    public static readonly SmtpReply Authenticated = new(235, new(2, 7, 0), "Authentication succeeded");
    public static readonly SmtpReply Ok = new(250, new(2, 0, 0), "Ok");
    public static readonly SmtpReply Reset = new(250, new(2, 0, 0), "I remember nothing.");
    public static readonly SmtpReply SenderAccepted = new(250, new(2, 1, 0), "Sender address accepted");
    public static readonly SmtpReply RecipientAccepted = new(250, new(2, 1, 5), "Recipient address accepted");
    public static readonly SmtpReply CannotVerify = new(252, new(2, 0, 0), "Cannot VRFY user, but will accept message and attempt delivery");
    public static readonly SmtpReply StartData = new(354, null, "Start mail input; end with <CRLF>.<CRLF>");

    public static readonly SmtpReply LocalError = new(451, new(4, 3, 0), "Requested action aborted: local error in processing") { Reason = SmtpReasons.Failure };
    public static readonly SmtpReply TooManyTransactions = new(451, new(4, 3, 2), "Too many messages at once, try again later") { Reason = SmtpReasons.Transactions };
    public static readonly SmtpReply TooManyRecipients = new(452, new(4, 5, 3), "Too many recipients, send them in another transaction") { Reason = SmtpReasons.Recipients };
    public static readonly SmtpReply AuthUnavailable = new(454, new(4, 7, 0), "Temporary authentication failure") { Reason = SmtpReasons.Failure };
    public static readonly SmtpReply TooManyDomains = new(452, new(4, 5, 3), "Too many recipient domains, send this one in another session") { Reason = SmtpReasons.RecipientDomains };

    public static readonly SmtpReply BadSyntax = new(500, new(5, 5, 2), "Error: bad syntax");
    public static readonly SmtpReply LineTooLong = new(500, new(5, 5, 2), "Line too long") { Reason = SmtpReasons.LineTooLong };
    public static readonly SmtpReply AuthLineTooLong = new(500, new(5, 5, 6), "Authentication exchange line is too long") { Reason = SmtpReasons.LineTooLong };
    public static readonly SmtpReply UnknownCommand = new(500, new(5, 5, 1), "Command not recognized");
    public static readonly SmtpReply BadArgument = new(501, new(5, 5, 4), "Syntax error in parameters or arguments");
    public static readonly SmtpReply NoArgumentAllowed = new(501, new(5, 5, 4), "This command takes no argument");
    public static readonly SmtpReply HelloNeedsName = new(501, new(5, 5, 4), "A domain name or address literal is required");
    public static readonly SmtpReply BadResponse = new(501, new(5, 5, 2), "Cannot decode the response");
    public static readonly SmtpReply AuthCancelled = new(501, new(5, 7, 0), "Authentication cancelled");
    public static readonly SmtpReply BadSenderSyntax = new(501, new(5, 1, 7), "Bad sender address syntax");
    public static readonly SmtpReply BadRecipientSyntax = new(501, new(5, 1, 3), "Bad recipient address syntax");
    public static readonly SmtpReply NotImplemented = new(502, new(5, 5, 1), "Command not implemented");
    public static readonly SmtpReply BadChunk = new(501, new(5, 5, 4), "BDAT takes a number of octets, and LAST or nothing");
    public static readonly SmtpReply OutOfOrder = new(503, new(5, 5, 1), "Bad sequence of commands");
    public static readonly SmtpReply HelloFirst = new(503, new(5, 5, 1), "Send HELO or EHLO first");
    public static readonly SmtpReply LhloFirst = new(503, new(5, 5, 1), "Send LHLO first");
    public static readonly SmtpReply OneSender = new(503, new(5, 5, 1), "Only one sender per message, please");
    public static readonly SmtpReply TlsIsActive = new(503, new(5, 5, 1), "TLS is already active");
    public static readonly SmtpReply SenderFirst = new(503, new(5, 5, 1), "Must have sender before recipient");
    public static readonly SmtpReply RecipientFirst = new(503, new(5, 5, 1), "Must have valid receiver and originator");
    public static readonly SmtpReply AlreadyAuthenticated = new(503, new(5, 5, 1), "Already authenticated");
    public static readonly SmtpReply UnknownMechanism = new(504, new(5, 5, 4), "Unrecognized authentication mechanism");
    public static readonly SmtpReply BadCredentials = new(535, new(5, 7, 8), "Authentication credentials invalid");
    public static readonly SmtpReply EncryptionRequired = new(538, new(5, 7, 11), "Encryption required for requested authentication mechanism");
    public static readonly SmtpReply ChunksBegun = new(503, new(5, 5, 1), "The message has begun, send its last chunk or RSET");
    public static readonly SmtpReply BinaryNeedsChunks = new(503, new(5, 5, 1), "BINARYMIME can't come by DATA, send BDAT");
    public static readonly SmtpReply BareNewlines = new(550, new(5, 6, 11), "The message has a bare CR or LF") { Reason = SmtpReasons.BareNewlines };
    public static readonly SmtpReply NoHelp = new(504, new(5, 5, 4), "No such command to help with");
    public static readonly SmtpReply TlsNeeded = new(530, new(5, 7, 10), "REQUIRETLS needs TLS: send STARTTLS first");
    public static readonly SmtpReply TooLarge = new(552, new(5, 3, 4), "Message size exceeds the limit") { Reason = SmtpReasons.Size };
    public static readonly SmtpReply NotAscii = new(553, new(5, 6, 7), "Non-ASCII addresses need the parameter SMTPUTF8") { Reason = SmtpReasons.Syntax };
    public static readonly SmtpReply UnknownParameter = new(555, new(5, 5, 4), "Parameter not recognized or not implemented");

    /// <summary>421 4.4.2 (RFC 5321 §3.8).</summary>
    public static SmtpReply Timeout(string host) => new(421, new(4, 4, 2), $"{host} Timeout. Try talking faster next time!");

    /// <summary>421 4.3.2 (RFC 5321 §3.8): the server is going down.</summary>
    public static SmtpReply ShuttingDown(string host) => new(421, new(4, 3, 2), $"{host} Service is shutting down, try again soon") { Reason = SmtpReasons.ShuttingDown };

    /// <summary>421 4.7.0: too many mistakes (RFC 5321 §7.8).</summary>
    public static SmtpReply TooManyErrors(string host) => new(421, new(4, 7, 0), $"{host} Too many errors, closing connection") { Reason = SmtpReasons.Errors };

    /// <summary>421 4.7.0: too many recipients that are not here (RFC 5321 §7.3).</summary>
    public static SmtpReply TooManyUnknown(string host) => new(421, new(4, 7, 0), $"{host} Too many unknown recipients, closing connection") { Reason = SmtpReasons.UnknownRecipients };

    /// <summary>421 4.7.0: too many commands that bring no message.</summary>
    public static SmtpReply TooManyCommands(string host) => new(421, new(4, 7, 0), $"{host} Too many commands without a message, closing connection") { Reason = SmtpReasons.Commands };

    /// <summary>421 4.3.2: no session more.</summary>
    public static SmtpReply TooManySessions(string host) => new(421, new(4, 3, 2), $"{host} Too many sessions, try again later") { Reason = SmtpReasons.Connections };

    /// <summary>421 4.7.0: the client has its share of the sessions.</summary>
    public static SmtpReply TooManyConnections(string host) => new(421, new(4, 7, 0), $"{host} Too many connections from your address, try again later") { Reason = SmtpReasons.AddressConnections };

    /// <summary>421 4.7.0: the client begins sessions too fast.</summary>
    public static SmtpReply ConnectsTooOften(string host) => new(421, new(4, 7, 0), $"{host} Too many new connections from your address, try again later") { Reason = SmtpReasons.AddressRate };

    /// <summary>421 4.7.0: too many wrong passwords (RFC 4954 §4 leaves the bound to us).</summary>
    public static SmtpReply TooManyFailedAuthentications(string host) => new(421, new(4, 7, 0), $"{host} Too many failed authentications, closing connection") { Reason = SmtpReasons.Authentication };

    /// <summary>421 4.7.0: more transactions than MAILMAX (RFC 9422 §3.1).</summary>
    public static SmtpReply NoTransactionLeft(string host) => new(421, new(4, 7, 0), $"{host} No more transactions in this session, open another") { Reason = SmtpReasons.SessionTransactions };

    /// <summary>421 4.7.0: a TLS handshake failed. Never said, as nothing can be: decisions tell of it.</summary>
    public static SmtpReply HandshakeFailed(string host) => new(421, new(4, 7, 0), $"{host} TLS handshake failed") { Reason = SmtpReasons.Handshake };

    /// <summary>421 4.7.0: a PROXY header is missing, invalid or late. Never said, as it is not known to whom: decisions tell of it.</summary>
    public static SmtpReply ProxyRefused(string host) => new(421, new(4, 7, 0), $"{host} PROXY header missing or invalid") { Reason = SmtpReasons.Proxy };

    /// <summary>421 4.3.0: the session could not be set up.</summary>
    public static SmtpReply Unavailable(string host) => new(421, new(4, 3, 0), $"{host} Service not available, try again later") { Reason = SmtpReasons.Failure };
}
