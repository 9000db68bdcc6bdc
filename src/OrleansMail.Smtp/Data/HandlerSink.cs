using System.Buffers;
using System.IO.Pipelines;

namespace OrleansMail.Smtp.Data;

/// <summary>A sink whose other end is read by a handler: a pipe between the two bounds what is held of a message.</summary>
internal sealed class HandlerSink : IMessageSink
{
    private readonly Pipe _pipe = new();
    private readonly CancellationTokenSource _aborted;
    private readonly SmtpMessage _message;
    private readonly Task<SmtpReply?> _handling;
    private ReadOnlyMemory<byte> _trace;

    public HandlerSink(
        SmtpMessageHandler handler, string id, SmtpTransaction transaction, IReadOnlyList<SmtpRecipient> recipients, byte[] trace, CancellationToken ending)
    {
        _trace = trace;
        _aborted = CancellationTokenSource.CreateLinkedTokenSource(ending);
        _message = new SmtpMessage(id, transaction, recipients, _pipe.Reader.AsStream(leaveOpen: true));
        // Elsewhere than the session: a handler may read synchronously.
        _handling = Task.Run(() => HandleAsync(handler), CancellationToken.None);
    }

    /// <inheritdoc/>
    public async ValueTask WriteAsync(ReadOnlySequence<byte> content, CancellationToken cancellationToken)
    {
        WriteTrace();
        foreach (var memory in content)
        {
            // A handler that has read enough has ended: the rest is read off the connection for nothing.
            if ((await _pipe.Writer.WriteAsync(memory, cancellationToken)).IsCompleted)
                return;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<SmtpReply> CompleteAsync(CancellationToken cancellationToken)
    {
        WriteTrace();
        await _pipe.Writer.CompleteAsync();
        using (_aborted)
            return await _handling ?? new SmtpReply(250, new(2, 0, 0), $"Ok: queued as {_message.Id}");
    }

    /// <inheritdoc/>
    public async ValueTask AbortAsync()
    {
        await _pipe.Writer.CompleteAsync(new IOException("The message does not come to its end."));
        await _aborted.CancelAsync();
        await ((Task)_handling).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _aborted.Dispose();
    }

    private void WriteTrace()
    {
        _pipe.Writer.Write(_trace.Span);
        _trace = default;
    }

    private async Task<SmtpReply?> HandleAsync(SmtpMessageHandler handler)
    {
        try
        {
            return await handler(_message, _aborted.Token);
        }
        finally
        {
            await _pipe.Reader.CompleteAsync();
        }
    }
}
