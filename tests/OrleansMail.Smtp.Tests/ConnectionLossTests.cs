using OrleansMail.Testing.Smtp;

namespace OrleansMail.Smtp.Tests;

public sealed class ConnectionLossTests
{
    public static TheoryData<string, bool> States => new MatrixTheoryData<string, bool>(
        ["", "EHLO a.test\r\n", "EHLO a.test\r\nMAIL FROM:<c@d.test>\r\n", "EHLO a.test\r\nMAIL FROM:<c@d.test>\r\nRCPT TO:<ok@example.test>\r\n",
            "EHLO a.test\r\nMAIL FROM:<c@d.test>\r\nRCPT TO:<ok@example.test>\r\nDATA\r\n",
            "EHLO a.test\r\nMAIL FROM:<c@d.test>\r\nRCPT TO:<ok@example.test>\r\nDATA\r\nSubject: x\r\n\r\nhalf",
            "EHLO a.test\r\nMAIL FROM:<c@d.test>\r\nRCPT TO:<ok@example.test>\r\nDATA\r\nSubject: x\r\n\r\nalmost\r\n.",
            "EHLO a.test\r\nMAIL FROM:<c@d.test>\r\nRCPT TO:<ok@example.test>\r\nDATA\r\nSubject: x\r\n\r\nalmost\r\n.\r"],
        [true, false]);

    [Theory, MemberData(nameof(States))]
    public async Task A_connection_lost_in_any_state_stores_nothing_and_leaves_nothing_open(string sent, bool broken)
    {
        await using var engine = new Engine();
        await using var client = Conversation.Start(engine.Server);
        await client.SendAsync(sent);
        client.Hangup(broken ? new IOException("reset") : null);
        await client.Completion;

        Assert.Empty(engine.Delivery.Messages);
        Assert.Equal(0, engine.Delivery.OpenSinks);
        Assert.Equal(0, engine.Server.Sessions);
        Assert.Equal(0, engine.Server.Transactions);
    }

    [Fact]
    public async Task A_message_whose_end_was_seen_is_completed_although_the_client_is_gone()
    {
        await using var engine = new Engine();
        var gate = new TaskCompletionSource();
        var reached = new TaskCompletionSource();
        engine.Delivery.OnComplete = async _ =>
        {
            reached.SetResult();
            await gate.Task;
            return null;
        };
        await using var client = await Conversation.GreetAsync(engine.Server);
        await client.BeginDataAsync();
        await client.SendAsync("Subject: x\r\n\r\nwhole\r\n.\r\n");
        await reached.Task;
        client.Hangup(new IOException("reset"));
        gate.SetResult();
        await client.Completion;

        Assert.Equal("Subject: x\r\n\r\nwhole\r\n", Text.Of(Assert.Single(engine.Delivery.Messages).Content));
        Assert.Equal(0, engine.Delivery.Seen);
    }
}
