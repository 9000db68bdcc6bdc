using System.Buffers;

namespace OrleansMail.Smtp.Data;

/// <summary>Carries the content of one message from the session's input to its sinks, never holding more than the pipe and one buffer.</summary>
internal sealed class DataReceiver(SmtpSession session, SmtpTransaction transaction, SinkGroup sinks)
{
    // Held only while a read with stuffed dots is worked on, so that idle sessions cost none.
    private const int BufferSize = 16 * 1024;

    private static readonly ReadOnlySequence<byte> EmptyLine = new("\r\n"u8.ToArray());

    private readonly long _limit = session.MaxContentBytes(transaction);
    private readonly bool _rejectsBareNewlines = (session.Context.Listener.BareNewlines ?? session.Options.BareNewlines) == SmtpBareNewlines.Reject;
    private DataScanner _scanner;
    private long _total;

    /// <summary>Reads to the end of the data.</summary>
    /// <returns>False when the session ended before; the sinks were aborted.</returns>
    public async ValueTask<bool> ReceiveAsync(CancellationToken cancellationToken)
    {
        if (!await BeginAsync(cancellationToken))
            return false;
        while (!await TakeAsync(cancellationToken))
        {
            if (!await session.FillDataAsync())
                return await LostAsync();
        }

        transaction.HasBareNewlines = _scanner.HasBareNewlines;
        return true;
    }

    private async ValueTask<bool> BeginAsync(CancellationToken cancellationToken)
    {
        FirstLineKind kind;
        while ((kind = FirstLine.JudgeStuffed(session.Input.Buffer)) == FirstLineKind.Undecided)
        {
            if (!await session.FillDataAsync())
                return await LostAsync();
        }

        if (kind == FirstLineKind.Text)
        {
            transaction.LacksHeader = true;
            await sinks.WriteAsync(EmptyLine, cancellationToken);
        }

        return true;
    }

    // True at the end of the data.
    private async ValueTask<bool> TakeAsync(CancellationToken cancellationToken)
    {
        var rest = session.Input.Buffer;
        var status = _scanner.Take(ref rest, out var content);
        await StoreAsync(content, cancellationToken);
        if (status == DataStatus.Partial)
            (status, rest) = await UnstuffAsync(rest, cancellationToken);
        session.Input.Consume(rest.Start);
        return status == DataStatus.End;
    }

    // One write for each buffer, not for each dot: four octets a line would cost a write each.
    private async ValueTask<(DataStatus Status, ReadOnlySequence<byte> Left)> UnstuffAsync(ReadOnlySequence<byte> rest, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            DataStatus status;
            do
            {
                status = _scanner.Unstuff(ref rest, buffer, out var written);
                await StoreAsync(new(buffer, 0, written), cancellationToken);
            }
            while (status == DataStatus.Partial);
            return (status, rest);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async ValueTask StoreAsync(ReadOnlySequence<byte> content, CancellationToken cancellationToken)
    {
        if (content.IsEmpty)
            return;
        _total += content.Length;
        if (_total > _limit)
            await sinks.FailAsync(Replies.StandardReplies.TooLarge);
        else if (_rejectsBareNewlines && _scanner.HasBareNewlines)
            await sinks.FailAsync(Replies.StandardReplies.BareNewlines);
        else
            await sinks.WriteAsync(content, cancellationToken);
    }

    private async ValueTask<bool> LostAsync()
    {
        await sinks.FailAsync(Replies.StandardReplies.LocalError);
        return false;
    }
}
