using System.Net;

namespace OrleansMail.Smtp;

/// <summary>What is known of a session. Readable by the delivery while the session lasts.</summary>
public sealed class SmtpSessionContext
{
    /// <summary>Names the session in logs; unique in the process.</summary>
    public required string Id { get; init; }

    /// <summary>The client's address; null when the transport has none.</summary>
    public IPEndPoint? RemoteEndPoint { get; init; }

    /// <summary>The server's address; null when the transport has none.</summary>
    public IPEndPoint? LocalEndPoint { get; init; }

    /// <summary>The server's name in greeting and trace lines.</summary>
    public required string HostName { get; init; }

    /// <summary>The argument of the last HELO or EHLO; null before it.</summary>
    public string? Helo { get; internal set; }

    /// <summary>Whether the last greeting was EHLO.</summary>
    public bool IsExtended { get; internal set; }

    /// <summary>The transmission type for the trace header (RFC 3848).</summary>
    public string Protocol => IsExtended ? "ESMTP" : "SMTP";

    /// <summary>Room for the delivery's own state.</summary>
    public object? State { get; set; }
}
