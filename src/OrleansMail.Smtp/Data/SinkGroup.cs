using System.Buffers;
using Microsoft.Extensions.Logging;
using OrleansMail.Smtp.Replies;

namespace OrleansMail.Smtp.Data;

/// <summary>The sinks of one message, treated as one: all take the content, and the outcome is one reply.</summary>
internal sealed partial class SinkGroup(ILogger logger)
{
    private readonly List<OpenSink> _sinks = new(1);
    private SmtpReply? _failure;

    /// <summary>The reply that is due when the content can no longer be stored; null while it can.</summary>
    public SmtpReply? Failure => _failure;

    /// <summary>Opens a sink for each distinct factory among the recipients.</summary>
    /// <returns>False when one did not open; those already open were aborted.</returns>
    public async ValueTask<bool> OpenAsync(SmtpTransaction transaction, ISmtpDelivery delivery, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var recipients in Share(transaction.Accepted))
            {
                var trace = delivery.CreateTraceHeader(transaction, recipients);
                _sinks.Add(new(await recipients[0].Sink.OpenAsync(transaction, recipients, trace, cancellationToken), recipients));
            }

            return true;
        }
        catch (Exception e)
        {
            Log.NotOpened(logger, e);
            await FailAsync(StandardReplies.LocalError);
            return false;
        }
    }

    /// <summary>Gives the content to every sink, one after the other; a failure aborts all and is remembered.</summary>
    public async ValueTask WriteAsync(ReadOnlySequence<byte> content, CancellationToken cancellationToken)
    {
        if (_failure is not null)
            return;
        try
        {
            foreach (var (sink, _) in _sinks)
                await sink.WriteAsync(content, cancellationToken);
        }
        catch (Exception e)
        {
            Log.NotWritten(logger, e);
            await FailAsync(StandardReplies.LocalError);
        }
    }

    /// <summary>Completes every sink, whatever the others say: what is stored is stored.</summary>
    /// <returns>The first sink's reply when all are positive; else the mildest failure: a retry may heal a 4xx, so it goes before a 5xx.</returns>
    public async ValueTask<SmtpReply> CompleteAsync(CancellationToken cancellationToken)
    {
        if (_failure is not null)
            return _failure;
        SmtpReply? first = null;
        foreach (var (sink, _) in _sinks)
        {
            var reply = await CompleteAsync(sink, cancellationToken);
            first ??= reply;
            if (!reply.IsPositive && (_failure is null || reply.Code < _failure.Code))
                _failure = reply;
        }

        return _failure ?? first!;
    }

    /// <summary>Completes every sink, whatever the others say.</summary>
    /// <returns>One reply for each of the recipients, in their order; a sink that has one for all of its own gives each of them that.</returns>
    public async ValueTask<IReadOnlyList<SmtpReply>> CompleteEachAsync(IReadOnlyList<SmtpRecipient> recipients, CancellationToken cancellationToken)
    {
        if (_failure is { } failure)
            return [.. recipients.Select(_ => failure)];
        var replies = new Dictionary<IMessageSinkFactory, Queue<SmtpReply>>(ReferenceEqualityComparer.Instance);
        foreach (var sink in _sinks)
            replies[sink.Recipients[0].Sink] = new(await CompleteEachAsync(sink, cancellationToken));
        return [.. recipients.Select(recipient => replies[recipient.Sink].Dequeue())];
    }

    /// <summary>Aborts every sink and remembers the reply for the end of the data.</summary>
    public async ValueTask FailAsync(SmtpReply reply)
    {
        if (_failure is not null)
            return;
        _failure = reply;
        foreach (var (sink, _) in _sinks)
        {
            try
            {
                await sink.AbortAsync();
            }
            catch (Exception e)
            {
                Log.NotAborted(logger, e);
            }
        }
    }

    private async ValueTask<SmtpReply> CompleteAsync(IMessageSink sink, CancellationToken cancellationToken)
    {
        try
        {
            return await sink.CompleteAsync(cancellationToken);
        }
        catch (Exception e)
        {
            Log.NotCompleted(logger, e);
            return StandardReplies.LocalError;
        }
    }

    private async ValueTask<IEnumerable<SmtpReply>> CompleteEachAsync(OpenSink open, CancellationToken cancellationToken)
    {
        if (open.Sink is not IRecipientMessageSink each)
            return Enumerable.Repeat(await CompleteAsync(open.Sink, cancellationToken), open.Recipients.Count);
        try
        {
            var replies = await each.CompleteEachAsync(cancellationToken);
            return replies.Count == open.Recipients.Count
                ? replies
                : throw new InvalidOperationException($"A sink of {open.Recipients.Count} recipients gave {replies.Count} replies.");
        }
        catch (Exception e)
        {
            Log.NotCompleted(logger, e);
            return Enumerable.Repeat(StandardReplies.LocalError, open.Recipients.Count);
        }
    }

    private static IEnumerable<IReadOnlyList<SmtpRecipient>> Share(List<SmtpRecipient> accepted)
    {
        var first = accepted[0].Sink;
        return accepted.TrueForAll(recipient => ReferenceEquals(recipient.Sink, first))
            ? [accepted]
            : accepted
                .GroupBy(recipient => recipient.Sink, ReferenceEqualityComparer.Instance)
                .Select(group => (IReadOnlyList<SmtpRecipient>)[.. group]);
    }

    private readonly record struct OpenSink(IMessageSink Sink, IReadOnlyList<SmtpRecipient> Recipients);

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "A message sink could not be opened; answered 451.", EventName = "SinkNotOpened")]
        public static partial void NotOpened(ILogger logger, Exception exception);

        [LoggerMessage(LogLevel.Error, "A message sink could not take content; the message will be answered 451.", EventName = "SinkNotWritten")]
        public static partial void NotWritten(ILogger logger, Exception exception);

        [LoggerMessage(LogLevel.Error, "A message sink could not be completed; answered 451.", EventName = "SinkNotCompleted")]
        public static partial void NotCompleted(ILogger logger, Exception exception);

        [LoggerMessage(LogLevel.Warning, "A message sink could not be aborted.", EventName = "SinkNotAborted")]
        public static partial void NotAborted(ILogger logger, Exception exception);
    }
}
