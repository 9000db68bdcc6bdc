namespace OrleansMail.Smtp;

/// <summary>A message while it arrives.</summary>
public sealed class SmtpMessage
{
    internal SmtpMessage(string id, SmtpTransaction transaction, IReadOnlyList<SmtpRecipient> recipients, Stream content)
    {
        Id = id;
        Transaction = transaction;
        Recipients = recipients;
        Content = content;
    }

    /// <summary>A name that no other message has: 32 hexadecimal digits that sort by time; it stands in the Received line and the default reply.</summary>
    public string Id { get; }

    /// <summary>The envelope and the session.</summary>
    public SmtpTransaction Transaction { get; }

    /// <summary>The recipients, of which there is at least one.</summary>
    public IReadOnlyList<SmtpRecipient> Recipients { get; }

    /// <summary>
    /// Return-Path and Received (RFC 5321 §4.4) and what the client sent, dots unstuffed, as it arrives: reading waits for the client, and the
    /// client waits for the reader. Reading throws an <see cref="IOException"/> when the message will not come to its end.
    /// </summary>
    public Stream Content { get; }
}

/// <summary>Takes a message and answers it.</summary>
/// <param name="message">Content that is not read is dropped.</param>
/// <param name="cancellationToken">Cancelled when the message will not come to its end, or the server ends its sessions.</param>
/// <returns>The reply to the data: null for <c>250 2.0.0 Ok: queued as</c> its id, and the message is the server's then. An exception is answered 451 4.3.0.</returns>
public delegate ValueTask<SmtpReply?> SmtpMessageHandler(SmtpMessage message, CancellationToken cancellationToken);
