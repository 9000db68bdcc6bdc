using System.Net;
using OrleansMail.Smtp.Authentication;
using OrleansMail.Smtp.Limits;
using OrleansMail.Smtp.Tls;

namespace OrleansMail.Smtp;

/// <summary>Settings of the protocol engine.</summary>
public sealed class SmtpServerOptions
{
    /// <summary>Name in the greeting and trace lines: an A-label or address literal (RFC 5321 §4.1.2).</summary>
    public required string HostName { get; set; }

    /// <summary>What follows the host name in the 220 greeting. Default <c>ESMTP</c>.</summary>
    public string Greeting { get; set; } = "ESMTP";

    /// <summary>Largest message accepted, in octets of content (RFC 1870). Default 157,286,400 (150 MiB).</summary>
    public long MaxMessageBytes { get; set; } = 150 * 1024 * 1024;

    /// <summary>Recipients accepted in a transaction; further ones get 452 4.5.3. Default 1,000; RFC 5321 §4.5.3.1.8 asks for at least 100.</summary>
    public int MaxRecipients { get; set; } = 1000;

    /// <summary>Refused or unknown commands until the session is closed with 421; our own 4xx never count; 0 is no limit. Default 20.</summary>
    public int MaxErrors { get; set; } = 20;

    /// <summary>Recipients refused with 5xx until the session is closed with 421; counted apart from <see cref="MaxErrors"/>; 0 is no limit. Default 50.</summary>
    public int MaxUnknownRecipients { get; set; } = 50;

    /// <summary>
    /// Longest command line in octets, CRLF included. Default 1,024: the 512 of RFC 5321 §4.5.3.1.4 and room for the parameters that
    /// extensions add to MAIL and RCPT, so that one we do not offer is answered 555 and not 500.
    /// </summary>
    public int MaxCommandLineBytes { get; set; } = 1024;

    /// <summary>How long each phase may take.</summary>
    public SmtpTimeouts Timeouts { get; set; } = new();

    /// <summary>TLS; offered when it has certificates.</summary>
    public SmtpTlsOptions Tls { get; } = new();

    /// <summary>Checks AUTH; null offers none. Offered on listeners that enable it, under TLS.</summary>
    public ISmtpAuthenticator? Authenticator { get; set; }

    /// <summary>Networks whose PROXY headers and XCLIENT are believed. Empty by default: from anyone else PROXY is a syntax error and XCLIENT unknown.</summary>
    public IList<IPNetwork> TrustedProxies { get; } = [];

    /// <summary>What becomes of a CR or LF outside a CRLF in DATA, where the listener says nothing else. Default: it is content.</summary>
    public SmtpBareNewlines BareNewlines { get; set; } = SmtpBareNewlines.Accept;

    /// <summary>Whether reverse-paths without brackets, with odd dots or spaces are refused. Default false: phones, scanners and controllers send them. Recipients are always strict.</summary>
    public bool StrictSenders { get; set; }

    /// <summary>Whether white space is accepted only where RFC 5321 §4.1.2 has it. Default false: many clients send <c>MAIL FROM: &lt;a@b&gt;</c>.</summary>
    public bool StrictWhiteSpace { get; set; }

    /// <summary>
    /// Told of each reply to MAIL, RCPT and the data and of each limit that refused something, after the reply was written. Called in the
    /// session: it must return at once. What it throws is logged.
    /// </summary>
    public Action<SmtpDecision>? OnDecision { get; set; }

    /// <summary>Verbs added to the command table, or put in the place of the engine's; case does not matter. Read when the server is created.</summary>
    public IDictionary<string, SmtpCommand> Commands { get; } = new Dictionary<string, SmtpCommand>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Told of each over-long command line, after its 500 5.5.2 was written and before the rest of the line is discarded.</summary>
    public Action<SmtpSessionContext>? OnLineTooLong { get; set; }

    /// <summary>Told of each session whose time is over, before its 421 4.4.2.</summary>
    public Action<SmtpSessionContext, SmtpTimeout>? OnTimeout { get; set; }
}

/// <summary>Upper bounds of a session's phases (RFC 5321 §4.5.3.2).</summary>
public sealed class SmtpTimeouts
{
    /// <summary>From the connection to the first command. Default 30 s.</summary>
    public TimeSpan Greeting { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Between complete command lines: octets without a line's end do not extend it. Default 5 min.</summary>
    public TimeSpan Command { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Between two reads of data. Default 3 min.</summary>
    public TimeSpan DataBlock { get; set; } = TimeSpan.FromMinutes(3);

    /// <summary>From MAIL to the final reply. Default 30 min.</summary>
    public TimeSpan Transaction { get; set; } = TimeSpan.FromMinutes(30);
}
