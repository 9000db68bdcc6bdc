using OrleansMail.Testing.Smtp;

namespace OrleansMail.Smtp.Tests.Commands;

/// <summary>What surrounds verbs, and what the plain commands answer.</summary>
public sealed class CommandSyntaxTests
{
    public static TheoryData<int> Controls => [.. Enumerable.Range(0, 32).Where(static octet => octet is not '\t').Append(127)];

    [Theory, MemberData(nameof(Controls))]
    public async Task A_control_octet_anywhere_in_a_line_is_bad_syntax(int octet)
    {
        await using var engine = new Engine();
        await using var client = await Conversation.GreetAsync(engine.Server);

        foreach (var line in (string[])["NOOP {0}x", "{0}NOOP", "NOOP{0}x"])
            Assert.Equal("500 5.5.2 Error: bad syntax", await client.AskAsync(line.Replace("{0}", $"{(char)octet}", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("NOOP", "250 2.0.0 Ok")]
    [InlineData("nOoP", "250 2.0.0 Ok")]
    [InlineData(" \tNOOP\t ", "250 2.0.0 Ok")]
    [InlineData("NOOP\tx", "250 2.0.0 Ok")]
    [InlineData("NOOP é", "250 2.0.0 Ok")]
    [InlineData("", "500 5.5.2 Error: bad syntax")]
    [InlineData(" \t ", "500 5.5.2 Error: bad syntax")]
    [InlineData("NOOPX", "500 5.5.1 Command not recognized")]
    [InlineData("NOOP,", "500 5.5.1 Command not recognized")]
    [InlineData("NOÖP", "500 5.5.1 Command not recognized")]
    [InlineData("VRFY", "501 5.5.4 Syntax error in parameters or arguments")]
    [InlineData("VRFY  ", "501 5.5.4 Syntax error in parameters or arguments")]
    [InlineData("VRFY x", "252 2.0.0 Cannot VRFY user, but will accept message and attempt delivery")]
    [InlineData("EXPN x", "502 5.5.1 Command not implemented")]
    [InlineData("RSET x", "501 5.5.4 This command takes no argument")]
    [InlineData("RSET ", "250 2.0.0 I remember nothing.")]
    [InlineData("DATA x", "503 5.5.1 Must have valid receiver and originator")]
    [InlineData("QUIT x", "221 2.0.0 See you later")]
    public async Task A_line_is_answered_by_its_verb_alone(string line, string reply)
    {
        await using var engine = new Engine();
        await using var client = await Conversation.GreetAsync(engine.Server);

        Assert.Equal(reply, await client.AskAsync(line));
    }

    [Theory, InlineData(32, "250 2.0.0 long"), InlineData(33, "500 5.5.1 Command not recognized")]
    public async Task A_verb_has_at_most_32_octets(int length, string reply)
    {
        var verb = new string('X', length);
        await using var engine = new Engine(options => options.Commands[verb] = new SmtpCommand(SmtpPhases.Any, static (_, _, _) => new(new SmtpReply(250, new(2, 0, 0), "long"))));
        await using var client = await Conversation.GreetAsync(engine.Server);

        Assert.Equal(reply, await client.AskAsync(verb));
        Assert.Equal(reply, await client.AskAsync(verb + " argument"));
    }

    [Fact]
    public async Task Help_names_the_verbs_in_order()
    {
        await using var engine = new Engine(static options => options.Commands["xping"] = new SmtpCommand(SmtpPhases.Any, static (_, _, _) => default));
        await using var client = await Conversation.GreetAsync(engine.Server);
        var help = await client.AskAsync("HELP");

        Assert.StartsWith("214 2.0.0 Commands: ", help);
        var verbs = help["214 2.0.0 Commands: ".Length..].Split(' ');
        Assert.Equal(verbs.Order(StringComparer.Ordinal), verbs);
        Assert.Superset(new HashSet<string>(["DATA", "EHLO", "HELO", "HELP", "MAIL", "NOOP", "QUIT", "RCPT", "RSET", "VRFY", "XPING"]), verbs.ToHashSet());
    }

    [Fact]
    public async Task Before_a_greeting_only_what_needs_none_is_answered()
    {
        await using var engine = new Engine(static options => options.MaxErrors = 0);
        await using var client = Conversation.Start(engine.Server);
        Assert.Equal("220 mx.example.test ESMTP", await client.ReadReplyAsync());
        foreach (var line in (string[])["MAIL FROM:<>", "RCPT TO:<a@b.test>", "DATA"])
            Assert.Equal("503 5.5.1 Send HELO or EHLO first", await client.AskAsync(line));
        foreach (var line in (string[])["NOOP", "RSET", "VRFY x", "HELP"])
            Assert.StartsWith("2", await client.AskAsync(line));
    }

    [Fact]
    public async Task Commands_out_of_order_are_told_what_is_missing()
    {
        await using var engine = new Engine();
        await using var client = await Conversation.GreetAsync(engine.Server);

        Assert.Equal("503 5.5.1 Must have sender before recipient", await client.AskAsync("RCPT TO:<ok@example.test>"));
        Assert.Equal("503 5.5.1 Must have valid receiver and originator", await client.AskAsync("DATA"));
        await client.AskAsync("MAIL FROM:<>");
        Assert.Equal("503 5.5.1 Only one sender per message, please", await client.AskAsync("MAIL FROM:<>"));
        Assert.Equal("503 5.5.1 Must have valid receiver and originator", await client.AskAsync("DATA"));
        await client.AskAsync("RCPT TO:<ok@example.test>");
        Assert.Equal("503 5.5.1 Only one sender per message, please", await client.AskAsync("MAIL FROM:<>"));
        Assert.Equal("501 5.5.4 This command takes no argument", await client.AskAsync("DATA now"));
        Assert.Equal("354 Start mail input; end with <CRLF>.<CRLF>", await client.AskAsync("DATA"));
    }

    [Fact]
    public async Task The_greeting_names_server_and_client_and_what_is_offered()
    {
        await using var engine = new Engine(static options => options.MaxMessageBytes = 123_456);
        await using var client = Conversation.Start(engine.Server);
        await client.ReadReplyAsync();

        Assert.Equal("250 mx.example.test Hello there, nice to meet you", await client.AskAsync("HELO a.test"));
        var lines = (await client.AskAsync("EHLO a.test")).Split('\n');
        Assert.Equal("250-mx.example.test Hello there, nice to meet you", lines[0]);
        Assert.All(lines[1..^1], static line => Assert.StartsWith("250-", line));
        Assert.Superset(new HashSet<string>(["PIPELINING", "SIZE 123456", "8BITMIME", "ENHANCEDSTATUSCODES"]), lines[1..].Select(static line => line[4..]).ToHashSet());
    }
}
