using System.Buffers;
using OrleansMail.Contracts.Messages;
using OrleansMail.Contracts.Storage;
using OrleansMail.Server.Gateway.Recording;
using OrleansMail.Smtp;

namespace OrleansMail.Server.Gateway.Payloads;

/// <summary>
/// Takes the content of one message for all recipients of its transaction, hashes it on the way, and has it recorded. A failure of
/// the store is remembered, the rest of the data let go by, and the failure answered after the final dot.
/// </summary>
internal sealed partial class PayloadSink(
    IncomingMessage message,
    PayloadSpool spool,
    ContentDigest digest,
    ReadOnlyMemory<byte> traceHeader,
    MessageRecorder recorder,
    TimeProvider time,
    ILogger<PayloadSink> logger) : IMessageSink
{
    private readonly HeaderCollector headers = new();
    private SmtpReply? failure;
    private bool traceWritten;

    /// <inheritdoc/>
    public async ValueTask WriteAsync(ReadOnlySequence<byte> content, CancellationToken cancellationToken)
    {
        await WriteTraceAsync(cancellationToken);
        foreach (var segment in content)
        {
            if (failure is not null)
                return;
            digest.AppendContent(segment.Span);
            headers.Append(segment.Span);
            await SpoolAsync(segment, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<SmtpReply> CompleteAsync(CancellationToken cancellationToken)
    {
        // The message is whole: from here on a session that ends does not stop it, so the session's token is not used.
        var receivedAt = time.GetUtcNow();
        var reusable = true;
        try
        {
            await WriteTraceAsync(CancellationToken.None);
            if (failure is null)
                await TryAsync(static spool => spool.CommitAsync(), CancellationToken.None);
            if (failure is not null)
                return failure;
            var result = await recorder.RecordAsync(message, receivedAt, headers.Finish(), CreatePayload());
            reusable = !result.PayloadMayBeHeld;
            return result.Reply;
        }
        finally
        {
            await CloseAsync(reusable);
        }
    }

    /// <inheritdoc/>
    public ValueTask AbortAsync() => CloseAsync(reusable: true);

    private async ValueTask WriteTraceAsync(CancellationToken cancellationToken)
    {
        if (traceWritten)
            return;
        traceWritten = true;
        digest.AppendTrace(traceHeader.Span);
        await SpoolAsync(traceHeader, cancellationToken);
    }

    private ValueTask SpoolAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken) =>
        TryAsync(spool => spool.WriteAsync(data, cancellationToken), cancellationToken);

    private async ValueTask TryAsync(Func<PayloadSpool, ValueTask> action, CancellationToken cancellationToken)
    {
        try
        {
            await action(spool);
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            failure = exception switch
            {
                StoreFullException => GatewayReplies.Full,
                PayloadBusyException => GatewayReplies.Busy,
                _ => GatewayReplies.Unavailable,
            };
            Log.PayloadNotStored(logger, message.Transaction.Session.Id, failure.Code, exception.Message, exception is StoreUnavailableException or PayloadBusyException ? null : exception);
        }
    }

    private Payload CreatePayload()
    {
        var hashes = digest.Finish();
        return new Payload(spool.Length, traceHeader.Length, hashes.Raw, hashes.Content, hashes.Repeat, spool.ObjectPath is null ? spool.Inline : default, spool.ObjectPath);
    }

    private async ValueTask CloseAsync(bool reusable)
    {
        digest.Dispose();
        spool.Release(reusable);
        try
        {
            await spool.DisposeAsync();
        }
        catch (Exception exception)
        {
            Log.PayloadNotRemoved(logger, message.Transaction.Session.Id, exception);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "Session {Session}: a payload could not be stored and is answered {Code}: {Problem}", EventName = "PayloadNotStored")]
        public static partial void PayloadNotStored(ILogger logger, string session, int code, string problem, Exception? exception);

        [LoggerMessage(LogLevel.Warning, "Session {Session}: an unfinished payload could not be removed; it is swept later.", EventName = "PayloadNotRemoved")]
        public static partial void PayloadNotRemoved(ILogger logger, string session, Exception exception);
    }
}
