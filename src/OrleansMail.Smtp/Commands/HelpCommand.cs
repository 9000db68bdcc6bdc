using System.Text;
using OrleansMail.Smtp.Replies;

namespace OrleansMail.Smtp.Commands;

/// <summary>HELP (RFC 5321 §4.1.1.8): the commands the session is offered now, or how one of them is written.</summary>
internal static class HelpCommand
{
    public static ValueTask<SmtpReply?> RunAsync(SmtpSession session, ReadOnlyMemory<byte> argument, CancellationToken cancellationToken)
    {
        if (argument.IsEmpty)
            return new(new SmtpReply(214, new(2, 0, 0), "Commands: " + string.Join(' ', session.Commands.OfferedTo(session))));
        if (session.Commands.Find(argument.Span) is not { } command || !command.IsOfferedTo(session))
            return new(StandardReplies.NoHelp);
        var verb = Encoding.ASCII.GetString(argument.Span).ToUpperInvariant(); // one of the table's
        return new(new SmtpReply(214, new(2, 0, 0), command.Syntax is { } syntax ? $"{verb} {syntax}" : verb));
    }
}
