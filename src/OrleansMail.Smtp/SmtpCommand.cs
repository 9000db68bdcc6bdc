namespace OrleansMail.Smtp;

/// <summary>Carries out a command line.</summary>
/// <param name="session">The session.</param>
/// <param name="argument">
/// What follows the verb, without surrounding white space; free of control characters, not necessarily ASCII. The memory is the
/// engine's and must not be kept after the task completes.
/// </param>
/// <param name="cancellationToken">Cancelled when the server ends its sessions.</param>
/// <returns>The reply; null when the session came to its end meanwhile. An exception is answered 451 4.3.0 and logged.</returns>
public delegate ValueTask<SmtpReply?> SmtpCommandHandler(SmtpSession session, ReadOnlyMemory<byte> argument, CancellationToken cancellationToken);

/// <summary>A verb's row of the command table: when it is allowed and what it does. The classic protocol's <c>do_X</c>.</summary>
/// <param name="phases">Where it is allowed; elsewhere it is answered 503 5.5.1.</param>
/// <param name="handler">What it does.</param>
public sealed class SmtpCommand(SmtpPhases phases, SmtpCommandHandler handler)
{
    /// <summary>Where the command is allowed.</summary>
    public SmtpPhases Phases { get; } = phases;

    /// <summary>What it does.</summary>
    public SmtpCommandHandler Handler { get; } = handler;

    /// <summary>What its reply decides (<see cref="SmtpServerOptions.OnDecision"/>): set for MAIL, RCPT and the data; null, the default, for nothing.</summary>
    public Limits.SmtpStage? Stage { get; init; }

    /// <summary>The answer in another phase than <see cref="Phases"/>, once the client has greeted and while no message in chunks has begun. Default: 503 5.5.1.</summary>
    public SmtpReply OutOfOrder { get; init; } = Replies.StandardReplies.OutOfOrder;

    /// <summary>What HELP says behind the verb; null for nothing.</summary>
    public string? Syntax { get; init; }

    /// <summary>Whether HELP names the command to a session in its present state, and EHLO what belongs to it. Default: always.</summary>
    internal Func<SmtpSession, bool>? IsOffered { get; init; }

    internal bool IsOfferedTo(SmtpSession session) => IsOffered is null || IsOffered(session);
}
