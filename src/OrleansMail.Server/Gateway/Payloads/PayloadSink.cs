using System.Buffers;
using Microsoft.Extensions.ObjectPool;
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
    ObjectPool<PayloadScan> scans,
    ReadOnlyMemory<byte> traceHeader,
    MessageRecorder recorder,
    TimeProvider time,
    ILogger<PayloadSink> logger) : IRecipientMessageSink
{
    private readonly PayloadScan scan = scans.Get();
    private SmtpReply? failure;
    private bool traceWritten;
    private int emptyLine; // octets that the engine put in front of content that lacks header lines

    /// <inheritdoc/>
    public async ValueTask WriteAsync(ReadOnlySequence<byte> content, CancellationToken cancellationToken)
    {
        var isOurs = !traceWritten && message.Transaction.LacksHeader;
        await WriteTraceAsync(cancellationToken);
        foreach (var segment in content)
        {
            if (failure is not null)
                return;
            if (isOurs)
                AppendEmptyLine(segment.Span);
            else
                scan.Append(segment.Span);
            await SpoolAsync(segment, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<SmtpReply> CompleteAsync(CancellationToken cancellationToken)
    {
        var recorded = await RecordAsync();
        return recorded is null ? failure! : recorder.Answer(message, recorded);
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<SmtpReply>> CompleteEachAsync(CancellationToken cancellationToken)
    {
        var recorded = await RecordAsync();
        return recorded is null ? [.. message.Recipients.Select(_ => failure!)] : recorder.AnswerEach(message, recorded);
    }

    /// <inheritdoc/>
    public ValueTask AbortAsync() => CloseAsync(reusable: true);

    // The message is whole: from here on a session that ends does not stop it, so the session's token is not used. Null: it failed before.
    private async ValueTask<RecordedMessage?> RecordAsync()
    {
        var receivedAt = time.GetUtcNow();
        var reusable = true;
        try
        {
            await WriteTraceAsync(CancellationToken.None);
            if (failure is null)
                await CommitAsync();
            if (failure is not null)
                return null;
            var recorded = await recorder.RecordAsync(message, receivedAt, scan.Headers.Finish(), CreatePayload());
            reusable = !recorded.PayloadMayBeHeld;
            return recorded;
        }
        finally
        {
            await CloseAsync(reusable);
        }
    }

    private async ValueTask WriteTraceAsync(CancellationToken cancellationToken)
    {
        if (traceWritten)
            return;
        traceWritten = true;
        scan.Digest.AppendTrace(traceHeader.Span);
        await SpoolAsync(traceHeader, cancellationToken);
    }

    private void AppendEmptyLine(ReadOnlySpan<byte> data)
    {
        scan.AppendEmptyLine(data);
        emptyLine += data.Length;
    }

    private async ValueTask SpoolAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        try
        {
            await spool.WriteAsync(data, cancellationToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            Fail(exception);
        }
    }

    private async ValueTask CommitAsync()
    {
        try
        {
            await spool.CommitAsync();
        }
        catch (Exception exception)
        {
            Fail(exception);
        }
    }

    private void Fail(Exception exception)
    {
        failure = exception switch
        {
            StoreFullException => GatewayReplies.Full,
            PayloadBusyException => GatewayReplies.Busy,
            _ => GatewayReplies.Unavailable,
        };
        Log.PayloadNotStored(logger, message.Transaction.Session.Id, failure.Code, exception.Message, exception is StoreUnavailableException or PayloadBusyException ? null : exception);
    }

    private Payload CreatePayload()
    {
        var hashes = scan.Digest.Finish();
        return new Payload(spool.Length, traceHeader.Length + emptyLine, hashes.Raw, hashes.Content, hashes.Repeat, spool.ObjectPath is null ? spool.Inline : default, spool.ObjectPath);
    }

    private async ValueTask CloseAsync(bool reusable)
    {
        scans.Return(scan);
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
