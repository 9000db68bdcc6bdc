using System.Net;

namespace OrleansMail.Benchmarks.Load;

/// <summary>What a load consists of.</summary>
internal sealed record LoadOptions
{
    /// <summary>The server.</summary>
    public required IPEndPoint Target { get; init; }

    /// <summary>Connections open at once, each with one transaction at a time.</summary>
    public int Connections { get; init; } = 32;

    /// <summary>Messages in all; 0 for as many as <see cref="Duration"/> allows.</summary>
    public long Messages { get; init; }

    /// <summary>When to start no further transaction; zero for no end but <see cref="Messages"/>.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>Octets of a message, header included, without the final dot line.</summary>
    public int Size { get; init; } = 2048;

    /// <summary>Recipients of a message.</summary>
    public int Recipients { get; init; } = 1;

    /// <summary>How many different values <c>{n}</c> takes in <see cref="RecipientPattern"/>.</summary>
    public int Mailboxes { get; init; } = 100;

    /// <summary>The recipients' address; <c>{n}</c> is the mailbox number.</summary>
    public string RecipientPattern { get; init; } = "ok{n}@example.test";

    /// <summary>The envelope sender.</summary>
    public string Sender { get; init; } = "sender@loadgen.test";

    /// <summary>Whether MAIL, RCPT and DATA go out together (RFC 2920), or each waits for its reply.</summary>
    public bool Pipelining { get; init; } = true;

    /// <summary>Transactions on a connection before it is replaced.</summary>
    public int MessagesPerConnection { get; init; } = 100;

    /// <summary>A transaction that takes longer fails and costs its connection.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);
}
