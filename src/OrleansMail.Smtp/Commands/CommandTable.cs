using System.Buffers;
using System.Collections.Frozen;
using System.Text;
using OrleansMail.Smtp.Limits;
using OrleansMail.Smtp.Replies;

namespace OrleansMail.Smtp.Commands;

/// <summary>The order of commands on one page (RFC 5321 §4.1.4): verb, where it is allowed, what it does.</summary>
internal sealed class CommandTable
{
    private const SmtpPhases Greeted = SmtpPhases.Ready | SmtpPhases.Sender | SmtpPhases.Recipients;
    private const int MaxVerb = 32;

    // Octets below 32 and DEL never belong in a command line: a bare CR, LF or NUL is an attempt to be read differently by somebody else (RFC 5321 §2.3.8).
    private static readonly SearchValues<byte> Controls = SearchValues.Create(
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 127]);

    private static readonly Dictionary<string, SmtpCommand> Standard = new(StringComparer.OrdinalIgnoreCase)
    {
        ["HELO"] = new(SmtpPhases.Any, GreetingCommands.HeloAsync),
        ["EHLO"] = new(SmtpPhases.Any, GreetingCommands.EhloAsync),
        ["MAIL"] = new(SmtpPhases.Ready, MailCommand.RunAsync) { OutOfOrder = StandardReplies.OneSender, Stage = SmtpStage.Sender },
        ["RCPT"] = new(SmtpPhases.Sender | SmtpPhases.Recipients, RcptCommand.RunAsync) { OutOfOrder = StandardReplies.SenderFirst, Stage = SmtpStage.Recipient },
        ["DATA"] = new(SmtpPhases.Recipients, DataCommand.RunAsync) { OutOfOrder = StandardReplies.RecipientFirst, Stage = SmtpStage.Data },
        ["RSET"] = new(SmtpPhases.Any, PlainCommands.RsetAsync),
        ["NOOP"] = new(SmtpPhases.Any, PlainCommands.NoopAsync),
        ["VRFY"] = new(SmtpPhases.Any, PlainCommands.VrfyAsync),
        ["EXPN"] = new(SmtpPhases.Any, PlainCommands.ExpnAsync),
        ["HELP"] = new(SmtpPhases.Any, PlainCommands.HelpAsync),
        ["QUIT"] = new(SmtpPhases.Any, PlainCommands.QuitAsync),
    };

    private readonly FrozenDictionary<string, SmtpCommand>.AlternateLookup<ReadOnlySpan<char>> _commands;

    /// <summary>The standard table with additions and replacements.</summary>
    public CommandTable(IDictionary<string, SmtpCommand> changes)
    {
        var commands = new Dictionary<string, SmtpCommand>(Standard, StringComparer.OrdinalIgnoreCase);
        foreach (var (verb, command) in changes)
            commands[verb] = command;
        var frozen = commands.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
        _commands = frozen.GetAlternateLookup<ReadOnlySpan<char>>();
        Verbs = [.. frozen.Keys.Select(verb => verb.ToUpperInvariant()).Order(StringComparer.Ordinal)];
    }

    /// <summary>The verbs, in order.</summary>
    public IReadOnlyList<string> Verbs { get; }

    /// <summary>Finds the command of a line.</summary>
    /// <returns>Null when it was found; else the refusal.</returns>
    public SmtpReply? Find(ReadOnlyMemory<byte> line, out SmtpCommand? command, out ReadOnlyMemory<byte> argument)
    {
        command = null;
        argument = default;
        if (line.Span.ContainsAny(Controls))
            return StandardReplies.BadSyntax;
        line = line.Trim(" \t"u8);
        if (line.IsEmpty)
            return StandardReplies.BadSyntax;
        var end = line.Span.IndexOfAny((byte)' ', (byte)'\t');
        var verb = end < 0 ? line : line[..end];
        if (verb.Length > MaxVerb || !Ascii.IsValid(verb.Span))
            return StandardReplies.UnknownCommand;
        Span<char> name = stackalloc char[MaxVerb];
        var length = Encoding.ASCII.GetChars(verb.Span, name);
        if (!_commands.TryGetValue(name[..length], out command))
            return StandardReplies.UnknownCommand;
        argument = line[verb.Length..].TrimStart(" \t"u8);
        return null;
    }
}
