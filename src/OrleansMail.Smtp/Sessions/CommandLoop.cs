using System.Buffers;
using Microsoft.Extensions.Logging;
using OrleansMail.Smtp.Commands;
using OrleansMail.Smtp.Limits;
using OrleansMail.Smtp.Replies;

namespace OrleansMail.Smtp.Sessions;

/// <summary>Takes the lines of a session in order and answers each once; nothing is read ahead of an answer.</summary>
internal sealed partial class CommandLoop(SmtpServer server, SmtpSession session, SessionChannel channel, SessionTimer timer)
{
    // What the reply to the present command decides; null for nothing.
    private SmtpStage? _stage;

    /// <summary>Runs until the session closes; its last reply is written.</summary>
    public async ValueTask RunAsync()
    {
        while (!session.IsClosing)
        {
            switch (channel.Input.TryTake(out var line))
            {
                case LineStatus.Complete:
                    await AnswerAsync(line);
                    break;
                case LineStatus.TooLong:
                    _stage = SmtpStage.Session;
                    CloseBeforeChunk(Front(channel.Input.Buffer));
                    Answer(channel.Input.IsAuthLine ? StandardReplies.AuthLineTooLong : StandardReplies.LineTooLong);
                    server.Hooks.LineTooLong(session.Context);
                    break;
                default:
                    if (!await session.FillAsync())
                        return;
                    break;
            }
        }
    }

    private async ValueTask AnswerAsync(ReadOnlyMemory<byte> line)
    {
        server.Metrics.CommandReceived();
        _stage = null;
        var reply = await DispatchAsync(line);
        await session.AbortAbandonedAsync();
        if (reply is not null)
            Answer(reply);
        timer.StartPhase(SmtpTimeout.Command, server.Options.Timeouts.Command);
        if (channel.IsFull)
            await channel.FlushAsync();
    }

    private async ValueTask<SmtpReply?> DispatchAsync(ReadOnlyMemory<byte> line)
    {
        if (server.Commands.Find(line, out var command, out var argument) is { } refusal)
        {
            CloseBeforeChunk(new(line));
            return refusal;
        }

        if (command!.Stage is { } stage)
            session.Decisions.Begin(stage == SmtpStage.Sender ? null : session.Transaction);
        _stage = command.Stage;
        if ((command.Phases & session.Phase) == 0)
            return OutOfOrder(command);
        try
        {
            return await command.Handler(session, argument, server.Ending);
        }
        catch (Exception e)
        {
            Log.Failed(server.Logger, e);
            return StandardReplies.LocalError;
        }
    }

    // Nobody knows how much of what follows a refused BDAT is content (RFC 3030 §2).
    private void CloseBeforeChunk(ReadOnlySequence<byte> refused)
    {
        if (BdatCommand.Announces(refused))
            session.Close();
    }

    // What is certainly there of an over-long line, however it was split.
    private ReadOnlySequence<byte> Front(ReadOnlySequence<byte> line) => line.Slice(0, Math.Min(line.Length, server.Options.MaxCommandLineBytes));

    private SmtpReply OutOfOrder(SmtpCommand command) => session.Phase switch
    {
        SmtpPhases.Connected => session.GreetFirst,
        SmtpPhases.Chunks => StandardReplies.ChunksBegun,
        _ => command.OutOfOrder,
    };

    private void Answer(SmtpReply reply)
    {
        if (!session.IsClosing && session.Mistakes.Judge(reply, _stage is not null and not SmtpStage.Session) is { } last)
        {
            Log.OverLimit(server.Logger, last.Reason!);
            reply = last;
            _stage ??= SmtpStage.Session;
        }

        session.Write(reply);
        if (_stage is { } stage)
            session.Decide(stage, reply);
        if (reply.Code == 421)
            session.Close();
        else if (!session.IsClosing)
            session.EndIfDue();
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "A command failed; answered 451.", EventName = "CommandFailed")]
        public static partial void Failed(ILogger logger, Exception exception);

        [LoggerMessage(LogLevel.Information, "Closed over its limit of {Reason}.", EventName = "OverLimit")]
        public static partial void OverLimit(ILogger logger, string reason);
    }
}
