using System.Buffers;
using System.Text;
using OrleansMail.Smtp.Data;
using OrleansMail.Smtp.Replies;

namespace OrleansMail.Smtp.Commands;

/// <summary>
/// BDAT (RFC 3030 §2). The octets of a chunk are read whatever becomes of it, so that the session stays in step; a message that failed takes
/// the reply to its failure at each further chunk, until the last one, RSET or a greeting ends its transaction.
/// </summary>
internal static class BdatCommand
{
    public static ValueTask<SmtpReply?> RunAsync(SmtpSession session, ReadOnlyMemory<byte> argument, CancellationToken cancellationToken)
    {
        if (ChunkArgument.Read(argument.Span) is not { } chunk)
        {
            session.Close(); // whatever follows may be content, which must never be read as commands
            return new(StandardReplies.BadChunk);
        }

        return session.Transaction is { } transaction
            ? ReceiveAsync(session, transaction, chunk, cancellationToken)
            : DiscardAsync(session, chunk, cancellationToken);
    }

    /// <summary>
    /// Whether a line has this verb, whatever follows it: when such a line is refused unread, a chunk of unknown size may follow, which must
    /// never be read as commands.
    /// </summary>
    /// <param name="line">The line, or its front when it is too long.</param>
    public static bool Announces(ReadOnlySequence<byte> line)
    {
        var verb = "BDAT"u8;
        var reader = new SequenceReader<byte>(line);
        reader.AdvancePastAny((byte)' ', (byte)'\t');
        if (reader.Remaining < verb.Length)
            return false;
        Span<byte> front = stackalloc byte[verb.Length];
        reader.TryCopyTo(front);
        reader.Advance(verb.Length);
        // A control octet ends the verb as white space does.
        return Ascii.EqualsIgnoreCase(front, verb) && (!reader.TryPeek(out var next) || next is <= (byte)' ' or 127);
    }

    private static async ValueTask<SmtpReply?> DiscardAsync(SmtpSession session, ChunkArgument chunk, CancellationToken cancellationToken)
    {
        var refusal = session.Phase == SmtpPhases.Connected ? session.GreetFirst : StandardReplies.RecipientFirst;
        session.StartDiscarding();
        var isRead = await ChunkReader.ReadAsync(session, chunk.Octets, null, cancellationToken);
        session.EndDiscarding();
        return isRead ? refusal : null;
    }

    private static async ValueTask<SmtpReply?> ReceiveAsync(SmtpSession session, SmtpTransaction transaction, ChunkArgument chunk, CancellationToken cancellationToken)
    {
        var message = transaction.Chunks ?? await BeginAsync(session, transaction, cancellationToken);
        if (!chunk.IsWellFormed)
            await message.Sinks.FailAsync(StandardReplies.BadChunk);
        await message.DeclareAsync(chunk.Octets);
        if (!await ChunkReader.ReadAsync(session, chunk.Octets, message, cancellationToken))
            return null;
        if (!chunk.IsLast)
        {
            if (chunk.Octets == 0)
                session.Mistakes.ChunkEmpty();
            return message.Sinks.Failure ?? new SmtpReply(250, new(2, 0, 0), $"{chunk.Octets} octets received");
        }

        await message.EndAsync(cancellationToken);
        return await FinishAsync(session, transaction, message.Sinks, cancellationToken);
    }

    private static async ValueTask<SmtpReply?> FinishAsync(SmtpSession session, SmtpTransaction transaction, SinkGroup sinks, CancellationToken cancellationToken)
    {
        transaction.Chunks = null; // from here on the sinks are completed, never aborted
        try
        {
            return await FinalReplies.GiveAsync(session, transaction, sinks, cancellationToken);
        }
        finally
        {
            session.Reset();
        }
    }

    private static async ValueTask<ChunkedMessage> BeginAsync(SmtpSession session, SmtpTransaction transaction, CancellationToken cancellationToken)
    {
        var sinks = new SinkGroup(session.Logger);
        var message = new ChunkedMessage(transaction, sinks, session.MaxContentBytes(transaction));
        transaction.Chunks = message;
        if (transaction.Accepted.Count == 0)
            await sinks.FailAsync(StandardReplies.RecipientFirst);
        else
            await sinks.OpenAsync(transaction, session.Delivery, cancellationToken);
        return message;
    }
}
