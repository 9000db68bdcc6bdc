using Microsoft.Extensions.Logging;
using OrleansMail.Smtp.Replies;

namespace OrleansMail.Smtp.Sessions;

/// <summary>Takes the lines of a session in order and answers each once; nothing is read ahead of an answer.</summary>
internal sealed partial class CommandLoop(SmtpServer server, SmtpSession session, SessionChannel channel, SessionTimer timer)
{
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
                    Answer(channel.Input.IsAuthLine ? StandardReplies.AuthLineTooLong : StandardReplies.LineTooLong);
                    TellOfLongLine();
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
            return refusal;
        if ((command!.Phases & session.Phase) == 0)
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

    private SmtpReply OutOfOrder(SmtpCommand command) => session.Phase switch
    {
        SmtpPhases.Connected => session.GreetFirst,
        SmtpPhases.Chunks => StandardReplies.ChunksBegun,
        _ => command.OutOfOrder,
    };

    private void Answer(SmtpReply reply)
    {
        if (session.Mistakes.IsOneTooMany(reply))
        {
            Log.TooManyErrors(server.Logger);
            reply = StandardReplies.TooManyErrors(server.Options.HostName);
        }

        session.Write(reply);
        if (reply.Code == 421)
            session.Close();
        else if (!session.IsClosing && session.Transaction is null && server.IsDraining)
            session.End(StandardReplies.ShuttingDown(server.Options.HostName));
    }

    private void TellOfLongLine()
    {
        try
        {
            server.Options.OnLineTooLong?.Invoke(session.Context);
        }
        catch (Exception e)
        {
            Log.HookFailed(server.Logger, e);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "A command failed; answered 451.", EventName = "CommandFailed")]
        public static partial void Failed(ILogger logger, Exception exception);

        [LoggerMessage(LogLevel.Information, "Closed after too many errors.", EventName = "TooManyErrors")]
        public static partial void TooManyErrors(ILogger logger);

        [LoggerMessage(LogLevel.Error, "The hook for over-long lines failed.", EventName = "LineTooLongHookFailed")]
        public static partial void HookFailed(ILogger logger, Exception exception);
    }
}
