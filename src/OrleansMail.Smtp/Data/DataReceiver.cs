namespace OrleansMail.Smtp.Data;

/// <summary>Carries the content of one message from the session's input to its sinks, never holding more than the pipe does.</summary>
internal sealed class DataReceiver(SmtpSession session, SmtpTransaction transaction, SinkGroup sinks, long limit)
{
    private static readonly System.Buffers.ReadOnlySequence<byte> EmptyLine = new("\r\n"u8.ToArray());

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
        while ((kind = FirstLine.Judge(session.Input.Buffer)) == FirstLineKind.Undecided)
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
        DataStatus status;
        do
        {
            status = _scanner.Take(ref rest, out var content);
            if (content.IsEmpty)
                continue;
            _total += content.Length;
            if (_total > limit)
                await sinks.FailAsync(Replies.StandardReplies.TooLarge);
            else
                await sinks.WriteAsync(content, cancellationToken);
        }
        while (status == DataStatus.DotDropped);
        session.Input.Consume(rest.Start);
        return status == DataStatus.End;
    }

    private async ValueTask<bool> LostAsync()
    {
        await sinks.FailAsync(Replies.StandardReplies.LocalError);
        return false;
    }
}
