using System.Net;
using OrleansMail.Smtp.Authentication;
using OrleansMail.Smtp.Tls;

namespace OrleansMail.Smtp;

/// <summary>What is known of a session. Readable by the delivery while the session lasts.</summary>
public sealed class SmtpSessionContext
{
    /// <summary>Names the session in logs; unique in the process.</summary>
    public required string Id { get; init; }

    /// <summary>What its listener offers.</summary>
    public SmtpListenerOptions Listener { get; init; } = new();

    /// <summary>The client's address, also behind a trusted proxy; null when it is not known.</summary>
    public IPEndPoint? RemoteEndPoint { get; internal set; }

    /// <summary>The server's address that the client connected to; null when it is not known.</summary>
    public IPEndPoint? LocalEndPoint { get; internal set; }

    /// <summary>The trusted proxy that told the client's address; null when the client is directly connected.</summary>
    public IPEndPoint? ProxyEndPoint { get; internal set; }

    /// <summary>The server's name in greeting and trace lines.</summary>
    public required string HostName { get; init; }

    /// <summary>The argument of the last HELO or EHLO; null before it.</summary>
    public string? Helo { get; internal set; }

    /// <summary>Whether the last greeting was EHLO.</summary>
    public bool IsExtended { get; internal set; }

    /// <summary>The TLS parameters; null in plaintext.</summary>
    public SmtpTlsInfo? Tls { get; internal set; }

    /// <summary>Who the client is by AUTH; null while it is anonymous.</summary>
    public SmtpIdentity? Identity { get; internal set; }

    /// <summary>The transmission type for the trace header (RFC 3848), but for SMTPUTF8, which is a transaction's.</summary>
    public string Protocol => TransmissionType.Of(this, utf8: false);

    /// <summary>Room for the delivery's own state.</summary>
    public object? State { get; set; }
}
