using OrleansMail.Testing.Smtp;

namespace OrleansMail.Smtp.Tests.Sessions;

/// <summary>The longest command line, to the octet, however its octets arrive.</summary>
public sealed class LineLimitTests
{
    public static TheoryData<int, int> Chunks => new MatrixTheoryData<int, int>([0, 1], [1, 7, 100, 600, 5000]);

    [Theory, MemberData(nameof(Chunks))]
    public async Task A_line_may_have_exactly_the_limit_with_its_end(int more, int chunk)
    {
        await using var server = Create();
        var line = "NOOP " + new string('x', 600 - 5 - 2 + more) + "\r\n";

        Assert.Equal(more == 0 ? "250 2.0.0 Ok" : "500 5.5.2 Line too long", (await PlayAsync(server, line, chunk))[0]);
    }

    [Theory, InlineData("\r\n"), InlineData("\rx\r\n"), InlineData("\r\r\n"), InlineData("\nNOOP\nx\r\n")]
    public async Task A_line_over_the_limit_is_answered_once_and_ends_at_its_crlf(string end)
    {
        foreach (var chunk in (int[])[1, 2, 3, 64, 5000])
        {
            await using var server = Create();

            Assert.Equal(["500 5.5.2 Line too long", "250 2.0.0 Ok"], await PlayAsync(server, new string('x', 3000) + end + "NOOP\r\n", chunk));
        }
    }

    [Fact]
    public async Task An_end_of_line_in_two_reads_ends_it()
    {
        await using var engine = new Engine();
        await using var client = await Conversation.GreetAsync(engine.Server);
        foreach (var part in (string[])["N", "OOP\r", "\nNOOP", "\r\n"])
            await client.SendAsync(part);

        Assert.Equal("250 2.0.0 Ok", await client.ReadReplyAsync());
        Assert.Equal("250 2.0.0 Ok", await client.ReadReplyAsync());
    }

    [Fact]
    public async Task What_is_left_at_the_end_of_input_is_no_line()
    {
        await using var server = Create();

        Assert.Equal(["250 2.0.0 Ok"], await PlayAsync(server, "NOOP\r\nNOOP", 5000));
    }

    [Fact]
    public async Task The_hook_is_told_of_each_long_line_of_its_session()
    {
        var told = new List<SmtpSessionContext>();
        await using var engine = new Engine(options => options.OnLineTooLong = told.Add);
        await using var client = await Conversation.GreetAsync(engine.Server);
        for (var i = 0; i < 2; i++)
            await client.AskAsync(new string('x', 2000));

        Assert.Equal(2, told.Count);
        Assert.Same(told[0], told[1]);
        Assert.Equal("client.example", told[0].Helo);
    }

    private static SmtpServer Create() => new(new SmtpServerOptions { HostName = "mx.test", MaxCommandLineBytes = 600, MaxErrors = 0 }, new MemoryDelivery());

    private static async Task<string[]> PlayAsync(SmtpServer server, string text, int chunk)
    {
        var chunks = text.Chunk(chunk).Select(static part => (ReadOnlyMemory<byte>)System.Text.Encoding.Latin1.GetBytes(part));
        return (await Playback.RunAsync(server, chunks)).Split("\r\n")[1..^1];
    }
}
