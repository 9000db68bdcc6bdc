using OrleansMail.Testing.Smtp;

namespace OrleansMail.Smtp.Tests;

public sealed class ResetTests
{
    private static readonly string[][] Before =
        [[], ["EHLO a.test"], ["EHLO a.test", "MAIL FROM:<c@d.test>"], ["EHLO a.test", "MAIL FROM:<c@d.test>", "RCPT TO:<ok@example.test>"]];

    public static TheoryData<int, string> States => new MatrixTheoryData<int, string>([0, 1, 2, 3], ["RSET", "HELO b.test", "EHLO b.test"]);

    [Theory, MemberData(nameof(States))]
    public async Task A_reset_in_any_state_forgets_the_transaction_and_a_new_one_can_begin(int state, string reset)
    {
        await using var engine = new Engine();
        await using var client = Conversation.Start(engine.Server);
        await client.ReadReplyAsync();
        foreach (var line in Before[state])
            Assert.StartsWith("250", await client.AskAsync(line));
        Assert.StartsWith("250", await client.AskAsync(reset));

        Assert.Equal(0, engine.Server.Transactions);
        Assert.StartsWith("503", await client.AskAsync("RCPT TO:<ok@example.test>"));
        Assert.StartsWith("503", await client.AskAsync("DATA"));
        var greeted = state > 0 || reset != "RSET";
        Assert.StartsWith(greeted ? "250" : "503", await client.AskAsync("MAIL FROM:<c@d.test>"));
    }

    [Theory, InlineData("EHLO"), InlineData("EHLO a b"), InlineData("RSET now"), InlineData("MAIL FROM:<x@y.test>"), InlineData("WHAT")]
    public async Task What_is_refused_leaves_the_transaction_as_it_was(string line)
    {
        await using var engine = new Engine();
        await using var client = Conversation.Start(engine.Server);
        await client.ReadReplyAsync();
        foreach (var before in Before[3])
            await client.AskAsync(before);
        Assert.StartsWith("50", await client.AskAsync(line));

        Assert.StartsWith("354", await client.AskAsync("DATA"));
    }
}
