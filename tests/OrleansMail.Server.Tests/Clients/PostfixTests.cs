using OrleansMail.Server.Tests.Corpus;
using OrleansMail.Testing.Processes;

namespace OrleansMail.Server.Tests.Clients;

[Collection(nameof(CorpusCollection))]
public sealed class PostfixTests(CorpusServer server, PostfixTests.Relay relay) : IClassFixture<PostfixTests.Relay>
{
    /// <summary>Postfix takes a bare LF for a line's end, so that message is not ours to compare.</summary>
    public static TheoryData<string> Messages => [.. CorpusFile.Names().Except(["bare-newlines"])];

    [Theory, MemberData(nameof(Messages))]
    public async Task A_message_relayed_by_Postfix_comes_out_below_its_trace_line(string name)
    {
        var postfix = await relay.StartAsync(server);
        var file = CorpusFile.Load(name);
        var mailbox = await server.NewMailboxAsync("postfix", file);

        using (var talk = await SmtpTalk.ConnectAsync(postfix.Listener))
        {
            await talk.BeginMessageAsync(file.Sender, mailbox);
            await talk.SendAsync(DotStuffing.Encode(file.Content));
            await talk.ExpectAsync("250 2.0.0 Ok: queued as ");
            await talk.SayAsync("QUIT", "221");
        }

        var content = await server.ReceiveContentAsync(mailbox, file);
        Assert.True(content.AsSpan().EndsWith(file.AsLines), "What went into Postfix is not the end of what came out.");
        var added = System.Text.Encoding.ASCII.GetString(content.AsSpan()[..^file.AsLines.Length]);
        Assert.StartsWith("Received: from", added, StringComparison.Ordinal);
        // One folded field; behind it an empty line only where the message did not begin with a header field.
        var lines = added.TrimEnd().Split("\r\n");
        Assert.All(lines.Skip(1), line => Assert.StartsWith("\t", line, StringComparison.Ordinal));
        Assert.Equal(name == "body-without-headers", added.EndsWith("\r\n\r\n", StringComparison.Ordinal));
    }

    [Fact]
    public async Task All_messages_of_Postfixs_own_load_generator_arrive()
    {
        const int messages = 300;
        var source = CommandRunner.Require("smtp-source");
        var file = new CorpusFile("load", []);
        var mailbox = await server.NewMailboxAsync("smtp-source", file);

        var arguments = new[] { "-4", "-s", "8", "-m", $"{messages}", "-l", "2048", "-f", file.Sender, "-t", mailbox, $"{server.Smtp}" };
        (await CommandRunner.RunAsync(source, arguments)).EnsureSuccess();

        Assert.Equal(messages, await server.CountAsync(mailbox));
    }

    /// <summary>Starts Postfix with the first test that needs it.</summary>
    public sealed class Relay : IAsyncDisposable
    {
        private PostfixInstance? instance;

        internal async Task<PostfixInstance> StartAsync(CorpusServer server) => instance ??= await PostfixInstance.StartAsync(server.Smtp);

        public ValueTask DisposeAsync() => instance?.DisposeAsync() ?? ValueTask.CompletedTask;
    }
}
