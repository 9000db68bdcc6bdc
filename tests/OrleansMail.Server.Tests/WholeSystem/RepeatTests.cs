using OrleansMail.Testing.Processes;

namespace OrleansMail.Server.Tests.WholeSystem;

/// <summary>Lost replies (RFC 1047): a retry is not shown twice, and mail sent twice on purpose is not swallowed.</summary>
public sealed class RepeatTests(RunningServer server) : IClassFixture<RunningServer>
{
    private MailApi Api => server.Api;

    [Fact]
    public async Task The_same_message_sent_twice_on_purpose_is_two_messages()
    {
        await Api.ProvisionAsync("purpose", "purpose.test", "inbox");
        var content = Message.Create("twice on purpose", "same-id@sender.test");

        using (var talk = await server.ConnectAsync())
        {
            var first = await talk.DeliverAsync(Message.Sender, "inbox@purpose.test", content);
            var second = await talk.DeliverAsync(Message.Sender, "inbox@purpose.test", content);
            Assert.NotEqual(first, second);
            await talk.SayAsync("QUIT", "221");
        }

        using (var talk = await server.ConnectAsync())
            await talk.DeliverAsync(Message.Sender, "inbox@purpose.test", content);
        Assert.Equal(3, (await Api.ListAsync("purpose", "inbox@purpose.test")).Count);
    }

    [Theory, InlineData("with-id@sender.test"), InlineData(null)]
    public async Task A_message_whose_reply_was_lost_is_one_message_when_it_is_sent_again(string? messageId)
    {
        var tenant = messageId is null ? "lost-without-id" : "lost-with-id";
        var inbox = await DeliverAndLoseReplyAsync(tenant, Message.Create("reply lost", messageId), pipelined: "");
        var lost = Assert.Single((await Api.WaitAsync(tenant, inbox)).Items);

        using var retry = await server.ConnectAsync();
        var id = await retry.DeliverAsync(Message.Sender, inbox, Message.Create("reply lost", messageId));

        Assert.Equal(lost.Id, id);
        Assert.Single(await Api.ListAsync(tenant, inbox));
    }

    [Fact]
    public async Task Commands_that_were_pipelined_before_the_reply_do_not_prove_that_it_arrived()
    {
        var content = Message.Create("pipelined", "pipelined@sender.test");
        var inbox = await DeliverAndLoseReplyAsync("pipelined", content, pipelined: "NOOP\r\n");

        using var retry = await server.ConnectAsync();
        await retry.DeliverAsync(Message.Sender, inbox, content);

        Assert.Single(await Api.ListAsync("pipelined", inbox));
    }

    [Fact]
    public async Task A_message_sent_again_after_its_reply_was_seen_is_a_second_one()
    {
        await Api.ProvisionAsync("seen", "seen.test", "inbox");
        var content = Message.Create("seen", "seen@sender.test");
        using (var talk = await server.ConnectAsync())
        {
            await talk.DeliverAsync(Message.Sender, "inbox@seen.test", content);
            await talk.SayAsync("NOOP", "250"); // only who has read the reply says something further
            talk.Abort();
        }

        using var again = await server.ConnectAsync();
        await again.DeliverAsync(Message.Sender, "inbox@seen.test", content);
        Assert.Equal(2, (await Api.ListAsync("seen", "inbox@seen.test")).Count);
    }

    [Fact]
    public async Task A_connection_lost_inside_the_data_leaves_no_message()
    {
        await Api.ProvisionAsync("cut", "cut.test", "inbox");
        using (var talk = await server.ConnectAsync())
        {
            await talk.BeginMessageAsync(Message.Sender, "inbox@cut.test");
            await talk.SendAsync("Subject: half\r\n\r\nnever ends\r\n."u8.ToArray());
            talk.Abort();
        }

        using var next = await server.ConnectAsync();
        await next.DeliverAsync(Message.Sender, "inbox@cut.test", Message.Create("whole"));
        Assert.Equal("whole", Assert.Single(await Api.ListAsync("cut", "inbox@cut.test")).Headers.Subject);
    }

    /// <summary>The message is stored and its reply written; the client is gone without having said anything after it.</summary>
    private async Task<string> DeliverAndLoseReplyAsync(string tenant, byte[] content, string pipelined)
    {
        var inbox = $"inbox@{tenant}.test";
        await Api.ProvisionAsync(tenant, $"{tenant}.test", "inbox");
        using var talk = await server.ConnectAsync();
        await talk.BeginMessageAsync(Message.Sender, inbox);
        await talk.SendAsync((byte[])[.. DotStuffing.Encode(content), .. System.Text.Encoding.ASCII.GetBytes(pipelined)]);
        await Api.WaitAsync(tenant, inbox);
        talk.Abort();
        return inbox;
    }
}
