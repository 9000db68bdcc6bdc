using OrleansMail.Testing.Smtp;

namespace OrleansMail.Smtp.Tests.Addresses;

public sealed class SenderTests
{
    /// <summary>What devices send, the mailbox that comes of it, and the form it has in a header line.</summary>
    public static TheoryData<string, string, string> Devices => new()
    {
        { "FROM:scanner@office.test", "scanner@office.test", "scanner@office.test" },
        { "FROM: scanner@office.test SIZE=100", "scanner@office.test", "scanner@office.test" },
        { "FROM:\"scan ner\"@office.test", "\"scan ner\"@office.test", "\"scan ner\"@office.test" },
        { "FROM:\"scan\\\" ner\"@office.test", "\"scan\\\" ner\"@office.test", "\"scan\\\" ner\"@office.test" },
        { "FROM:<a..b@office.test>", "a..b@office.test", "\"a..b\"@office.test" },
        { "FROM:<.a@office.test>", ".a@office.test", "\".a\"@office.test" },
        { "FROM:<a.@office.test>", "a.@office.test", "\"a.\"@office.test" },
        { "FROM:< scanner@office.test >", "scanner@office.test", "scanner@office.test" },
        { "FROM:<scanner@office.test.>", "scanner@office.test", "scanner@office.test" },
        { "FROM:<root@raid_card>", "root@raid_card", "root@raid_card" },
        { "FROM:<@hop.test:a.@office.test>", "a.@office.test", "\"a.\"@office.test" },
        { "FROM:< >", "", "" },
    };

    [Theory, MemberData(nameof(Devices))]
    public async Task What_a_device_sends_is_accepted_by_default_and_refused_strictly(string line, string text, string header)
    {
        SmtpPath? sender = null;
        await using var engine = new Engine();
        engine.Delivery.OnSender = transaction =>
        {
            sender = transaction.ReversePath;
            return default;
        };
        await using var client = await Conversation.GreetAsync(engine.Server);
        Assert.StartsWith("250 2.1.0", await client.AskAsync($"MAIL {line}"));
        Assert.Equal((text, header), (sender!.Text, sender.ToHeader(utf8: false)));

        await using var strict = new Engine(static options => options.StrictSenders = true);
        await using var other = await Conversation.GreetAsync(strict.Server);
        Assert.StartsWith("501 5.1.7", await other.AskAsync($"MAIL {line}"));
    }

    [Theory]
    [InlineData("FROM:"), InlineData("FROM: SIZE=1"), InlineData("FROM:<@office.test>"), InlineData("FROM:<..@office.test>"), InlineData("FROM:<\"a@office.test>")]
    [InlineData("FROM:\"a@office.test"), InlineData("FROM:<a@office.test"), InlineData("FROM:a@office.test>"), InlineData("FROM:<a>"), InlineData("FROM:a")]
    [InlineData("FROM:<a b@office.test>"), InlineData("FROM:<a@of fice.test>"), InlineData("FROM:<a@office..test>"), InlineData("FROM:<a@.office.test>"), InlineData("FROM:<a@[1.2.3]>")]
    public async Task What_nobody_could_answer_is_refused_in_any_mode(string line)
    {
        await using var engine = new Engine();
        await using var client = await Conversation.GreetAsync(engine.Server);

        Assert.StartsWith("501 5.1.7", await client.AskAsync($"MAIL {line}"));
    }

    [Theory]
    [InlineData("MAIL FROM: <a@b.test>"), InlineData("MAIL FROM :<a@b.test>"), InlineData("MAIL  FROM:<a@b.test>"), InlineData("MAIL\tFROM:<a@b.test>")]
    [InlineData("MAIL FROM:<a@b.test> "), InlineData("MAIL FROM:<a@b.test>\t"), InlineData(" MAIL FROM:<a@b.test>"), InlineData("MAIL FROM:<a@b.test>  SIZE=1"), InlineData("MAIL FROM:<a@b.test>\tSIZE=1")]
    public async Task White_space_is_accepted_where_clients_send_it_and_refused_strictly(string line)
    {
        await using var engine = new Engine();
        await using var client = await Conversation.GreetAsync(engine.Server);
        Assert.StartsWith("250", await client.AskAsync(line));

        await using var strict = new Engine(static options => options.StrictWhiteSpace = true);
        await using var other = await Conversation.GreetAsync(strict.Server);
        Assert.StartsWith("501 5.", await other.AskAsync(line));
        Assert.StartsWith("250", await other.AskAsync("MAIL FROM:<a@b.test> SIZE=1"));
        Assert.StartsWith("501 5.", await other.AskAsync("RCPT TO: <ok@example.test>"));
        Assert.StartsWith("250", await other.AskAsync("RCPT TO:<ok@example.test>"));
    }
}
