using System.Text;
using MimeKit;
using OrleansMail.Testing.Processes;

namespace OrleansMail.Server.Tests.WholeSystem;

/// <summary>What becomes of a CR or LF outside a CRLF (docs/protocol.md, "Bare newlines").</summary>
public sealed class BareNewlineTests(RunningServer server) : IClassFixture<RunningServer>
{
    private const string Injected = "Message-ID: <real@sender.test>\r\nSubject: a\nX-Spam: no\nMessage-ID: <forged@sender.test>\r\nFrom: ada@sender.test\r\n\r\nbody\r\n";

    [Fact]
    public async Task A_header_injected_by_a_bare_line_feed_is_kept_as_it_came_and_carries_the_flag()
    {
        await server.Api.ProvisionAsync("newlines", "newlines.test", "inbox");
        using var talk = await server.ConnectAsync();
        var id = await talk.DeliverAsync(Message.Sender, "inbox@newlines.test", Encoding.ASCII.GetBytes(Injected));

        var item = Assert.Single((await server.Api.WaitAsync("newlines", "inbox@newlines.test")).Items);
        var raw = await server.Api.RawAsync("newlines", id);
        Assert.Equal(["bareNewlines"], item.Flags);
        Assert.Equal(["bareNewlines"], (await server.Api.MessageAsync("newlines", id)).Flags);
        Assert.EndsWith(Injected, Encoding.ASCII.GetString(raw), StringComparison.Ordinal);

        // The fields are those that a parser of raw sees, so nobody reads one thing here and another there; the first of a name counts.
        Assert.Equal(("a", "<real@sender.test>"), (item.Headers.Subject, item.Headers.MessageId));
        var parsed = await MimeMessage.LoadAsync(new MemoryStream(raw));
        Assert.Equal("a", parsed.Subject);
        Assert.Equal("no", parsed.Headers["X-Spam"]);
        Assert.Equal("Return-Path", parsed.Headers[0].Field);
    }

    [Fact]
    public async Task Content_that_begins_with_a_bare_newline_can_not_reach_the_trace_lines()
    {
        await server.Api.ProvisionAsync("newline-first", "newline-first.test", "inbox");
        using var talk = await server.ConnectAsync();
        foreach (var content in (string[])["\n by: me\r\n\r\n", "\r by: me\r\n\r\n", "x\n by: me\r\n\r\n"])
        {
            var id = await talk.DeliverAsync(Message.Sender, "inbox@newline-first.test", Encoding.ASCII.GetBytes(content));
            var parsed = await MimeMessage.LoadAsync(new MemoryStream(await server.Api.RawAsync("newline-first", id)));

            Assert.Equal(["bareNewlines"], (await server.Api.MessageAsync("newline-first", id)).Flags);
            Assert.DoesNotContain("me", parsed.Headers[HeaderId.Received], StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task They_are_refused_in_DATA_where_the_setting_says_so_and_never_in_BDAT()
    {
        await using var strict = await ServerProcess.StartAsync(new ServerSettings { Arguments = ["--OrleansMail:Smtp:BareNewlines=Reject"] });
        await strict.Api.ProvisionAsync("strict", "strict.test", "inbox");
        using var talk = await SmtpTalk.ConnectAsync(strict.Smtp);
        await talk.BeginMessageAsync(Message.Sender, "inbox@strict.test");
        await talk.SendAsync(DotStuffing.Encode(Encoding.ASCII.GetBytes(Injected)));
        await talk.ExpectAsync("550 5.6.11 ");

        await talk.SayAsync($"MAIL FROM:<{Message.Sender}>", "250");
        await talk.SayAsync("RCPT TO:<inbox@strict.test>", "250");
        await talk.SendAsync(Encoding.ASCII.GetBytes($"BDAT {Injected.Length} LAST\r\n{Injected}"));
        await talk.ExpectAsync("250 2.0.0 Ok: queued as ");

        var item = Assert.Single((await strict.Api.WaitAsync("strict", "inbox@strict.test")).Items);
        Assert.Equal(["bareNewlines"], item.Flags);
    }
}
