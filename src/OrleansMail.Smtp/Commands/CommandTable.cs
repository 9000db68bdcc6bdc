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
        ["HELO"] = new(SmtpPhases.Any, GreetingCommands.HeloAsync) { IsOffered = static session => !session.Context.Listener.Lmtp, Syntax = "domain" },
        ["EHLO"] = new(SmtpPhases.Any, GreetingCommands.EhloAsync) { IsOffered = static session => !session.Context.Listener.Lmtp, Syntax = "domain" },
        ["LHLO"] = new(SmtpPhases.Any, GreetingCommands.LhloAsync) { IsOffered = static session => session.Context.Listener.Lmtp, Syntax = "domain" },
        ["MAIL"] = new(SmtpPhases.Ready, MailCommand.RunAsync) { OutOfOrder = StandardReplies.OneSender, Stage = SmtpStage.Sender, Syntax = "FROM:<sender> [parameters]" },
        ["RCPT"] = new(SmtpPhases.Sender | SmtpPhases.Recipients, RcptCommand.RunAsync) { OutOfOrder = StandardReplies.SenderFirst, Stage = SmtpStage.Recipient, Syntax = "TO:<recipient>" },
        ["DATA"] = new(SmtpPhases.Recipients, DataCommand.RunAsync) { OutOfOrder = StandardReplies.RecipientFirst, Stage = SmtpStage.Data },
        ["STARTTLS"] = new(Greeted, StartTlsCommand.RunAsync) { IsOffered = static session => session.OffersTls },
        ["BDAT"] = new(SmtpPhases.Any, BdatCommand.RunAsync) { Stage = SmtpStage.Data, Syntax = "octets [LAST]" }, // its octets are read in any phase
        ["RSET"] = new(SmtpPhases.Any, PlainCommands.RsetAsync),
        ["NOOP"] = new(SmtpPhases.Any, PlainCommands.NoopAsync) { Syntax = "[anything]" },
        ["VRFY"] = new(SmtpPhases.Any, PlainCommands.VrfyAsync) { Syntax = "name [SMTPUTF8]" },
        ["EXPN"] = new(SmtpPhases.Any, PlainCommands.ExpnAsync) { IsOffered = static _ => false },
        ["HELP"] = new(SmtpPhases.Any, HelpCommand.RunAsync) { Syntax = "[command]" },
        ["QUIT"] = new(SmtpPhases.Any, PlainCommands.QuitAsync),
        ["AUTH"] = new(SmtpPhases.Any, AuthCommand.RunAsync) { IsOffered = AuthCommand.IsOffered, Syntax = "mechanism [initial response]" }, // it judges itself: where it is not offered the phase does not matter
        ["XCLIENT"] = new(SmtpPhases.Any, XclientCommand.RunAsync) { IsOffered = static session => session.MayTellClient },
        ["PROXY"] = new(SmtpPhases.Any, ProxyCommand.RunAsync) { IsOffered = static _ => false },
    };

    private readonly FrozenDictionary<string, SmtpCommand> _commands;
    private readonly FrozenDictionary<string, SmtpCommand>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private readonly bool _strictWhiteSpace;

    /// <summary>The standard table with additions and replacements.</summary>
    /// <param name="changes">The additions and replacements.</param>
    /// <param name="strictWhiteSpace">Whether white space is accepted only as a single space behind the verb.</param>
    public CommandTable(IDictionary<string, SmtpCommand> changes, bool strictWhiteSpace = false)
    {
        var commands = new Dictionary<string, SmtpCommand>(Standard, StringComparer.OrdinalIgnoreCase);
        foreach (var (verb, command) in changes)
            commands[verb] = command;
        _commands = commands.ToFrozenDictionary(verb => verb.Key.ToUpperInvariant(), verb => verb.Value, StringComparer.OrdinalIgnoreCase);
        _lookup = _commands.GetAlternateLookup<ReadOnlySpan<char>>();
        _strictWhiteSpace = strictWhiteSpace;
    }

    /// <summary>The verbs that the session may use now, in order.</summary>
    public IEnumerable<string> OfferedTo(SmtpSession session) =>
        _commands.Where(verb => verb.Value.IsOfferedTo(session)).Select(verb => verb.Key).Order(StringComparer.Ordinal);

    /// <summary>The command of a verb in any case; null when there is none.</summary>
    public SmtpCommand? Find(ReadOnlySpan<byte> verb)
    {
        if (verb.Length > MaxVerb || !Ascii.IsValid(verb))
            return null;
        Span<char> characters = stackalloc char[MaxVerb];
        var length = Encoding.ASCII.GetChars(verb, characters);
        return _lookup.TryGetValue(characters[..length], out var command) ? command : null;
    }

    /// <summary>Finds the command of a line.</summary>
    /// <returns>Null when it was found; else the refusal.</returns>
    public SmtpReply? Find(ReadOnlyMemory<byte> line, out SmtpCommand? command, out ReadOnlyMemory<byte> argument)
    {
        command = null;
        argument = default;
        if (line.Span.ContainsAny(Controls))
            return StandardReplies.BadSyntax;
        var text = line.Trim(" \t"u8);
        if (text.IsEmpty)
            return StandardReplies.BadSyntax;
        var end = text.Span.IndexOfAny((byte)' ', (byte)'\t');
        var verb = end < 0 ? text : text[..end];
        command = Find(verb.Span);
        if (command is null)
            return StandardReplies.UnknownCommand;
        argument = text[verb.Length..].TrimStart(" \t"u8);
        return _strictWhiteSpace && !IsStrict(line.Span, verb.Length, argument.Length) ? StandardReplies.BadArgument : null;
    }

    // Nothing around the line, and one space between verb and argument.
    private static bool IsStrict(ReadOnlySpan<byte> line, int verb, int argument) =>
        line.Length == verb + (argument == 0 ? 0 : 1 + argument) && (argument == 0 || line[verb] == ' ');
}
