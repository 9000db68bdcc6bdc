using OrleansMail.Testing.Smtp;

namespace OrleansMail.Smtp.Tests.Commands;

/// <summary>What may follow the paths (RFC 5321 §4.1.2 esmtp-param; RFC 1870; RFC 6152).</summary>
public sealed class MailParameterTests
{
    [Theory]
    [InlineData("", null, SmtpBody.SevenBit)]
    [InlineData(" SIZE=0", 0L, SmtpBody.SevenBit)]
    [InlineData(" size=1000", 1000L, SmtpBody.SevenBit)]
    [InlineData(" SIZE=0000000000000001000", 1000L, SmtpBody.SevenBit)]
    [InlineData(" BODY=7BIT", null, SmtpBody.SevenBit)]
    [InlineData(" BODY=8BITMIME", null, SmtpBody.EightBitMime)]
    [InlineData(" body=8bitmime", null, SmtpBody.EightBitMime)]
    [InlineData("  SIZE=1\t BODY=8BITMIME  ", 1L, SmtpBody.EightBitMime)]
    [InlineData(" BODY=8BITMIME SIZE=1", 1L, SmtpBody.EightBitMime)]
    public async Task Parameters_reach_the_delivery(string parameters, long? size, SmtpBody body)
    {
        await using var engine = new Engine();
        SmtpTransaction? asked = null;
        engine.Delivery.OnSender = transaction =>
        {
            asked = transaction;
            return default;
        };
        await using var client = await Conversation.GreetAsync(engine.Server);

        Assert.StartsWith("250 2.1.0 ", await client.AskAsync("MAIL FROM:<c@d.test>" + parameters));
        Assert.Equal((size, body), (asked!.DeclaredSize, asked.Body));
        Assert.Equal(engine.Server.Options.MaxMessageBytes, asked.MaxMessageBytes);
    }

    [Theory]
    [InlineData("SIZE=1 SIZE=1", "501 5.5.4")]
    [InlineData("BODY=7BIT BODY=7BIT", "501 5.5.4")]
    [InlineData("BODY=8BITMIME BODY=7BIT", "501 5.5.4")]
    [InlineData("BODY=", "501 5.5.4")]
    [InlineData("BODY", "501 5.5.4")]
    [InlineData("BODY=9BIT", "501 5.5.4")]
    [InlineData("SIZE", "501 5.5.4")]
    [InlineData("SIZE=", "501 5.5.4")]
    [InlineData("SIZE=1x", "501 5.5.4")]
    [InlineData("SIZE=x1", "501 5.5.4")]
    [InlineData("SIZE=1=2", "501 5.5.4")]
    [InlineData("SIZE=+1", "501 5.5.4")]
    [InlineData("SIZE:1", "501 5.5.4")]
    [InlineData("=1", "501 5.5.4")]
    [InlineData("-SIZE=1", "501 5.5.4")]
    [InlineData("SI_ZE=1", "501 5.5.4")]
    [InlineData("SIZE=1 =", "501 5.5.4")]
    [InlineData("SIZE=00000000000000000001", "250")]
    [InlineData("SIZE=000000000000000000001", "501 5.5.4")]
    [InlineData("SIZE=9223372036854775807", "552 5.3.4")]
    [InlineData("SIZE=9223372036854775808", "552 5.3.4")]
    [InlineData("AUTH", "501 5.5.4")]
    [InlineData("FOO", "555 5.5.4")]
    [InlineData("FOO=bar", "555 5.5.4")]
    [InlineData("F-1=bar", "555 5.5.4")]
    [InlineData("1F=bar", "555 5.5.4")]
    [InlineData("RET=FULL", "555 5.5.4")]
    [InlineData("ENVID=x", "555 5.5.4")]
    [InlineData("SIZE=1 FOO", "555 5.5.4")]
    public async Task A_parameter_that_is_wrong_or_unknown_refuses_the_sender(string parameters, string reply)
    {
        await using var engine = new Engine();
        await using var client = await Conversation.GreetAsync(engine.Server);

        Assert.StartsWith(reply, await client.AskAsync("MAIL FROM:<c@d.test> " + parameters));
        Assert.Equal(reply == "250" ? 1 : 0, engine.Server.Transactions);
    }

    [Theory, InlineData(" NOTIFY=NEVER", "555 5.5.4"), InlineData(" ORCPT=rfc822;a@b.test", "555 5.5.4"), InlineData(" X", "555 5.5.4"), InlineData(" =", "501 5.5.4"), InlineData("X", "501 5.5.4"), InlineData("  \t", "250 2.1.5")]
    public async Task A_recipient_takes_no_parameters(string parameters, string reply)
    {
        await using var engine = new Engine();
        await using var client = await Conversation.GreetAsync(engine.Server);
        await client.AskAsync("MAIL FROM:<>");

        Assert.StartsWith(reply, await client.AskAsync("RCPT TO:<ok@example.test>" + parameters));
    }

    [Fact]
    public async Task A_limit_that_the_delivery_lowers_at_the_sender_refuses_a_larger_declaration()
    {
        await using var engine = new Engine();
        engine.Delivery.OnSender = static transaction =>
        {
            transaction.MaxMessageBytes = 100;
            return default;
        };
        await using var client = await Conversation.GreetAsync(engine.Server);

        Assert.StartsWith("552 5.3.4", await client.AskAsync("MAIL FROM:<c@d.test> SIZE=101"));
        Assert.StartsWith("250", await client.AskAsync("MAIL FROM:<c@d.test> SIZE=100"));
    }

    [Fact]
    public async Task A_recipient_whose_limit_is_too_low_is_out_and_the_others_keep_theirs()
    {
        await using var engine = new Engine();
        engine.Delivery.OnRecipient = static (transaction, path) =>
        {
            if (path.LocalPart == "ok-small")
                transaction.MaxMessageBytes = 10;
            return default;
        };
        await using var client = await Conversation.GreetAsync(engine.Server);
        await client.AskAsync("MAIL FROM:<c@d.test> SIZE=50");
        await client.AskAsync("RCPT TO:<ok@example.test>");
        Assert.StartsWith("552 5.3.4", await client.AskAsync("RCPT TO:<ok-small@example.test>"));
        await client.AskAsync("DATA");
        await client.SendAsync("Subject: more than ten\r\n\r\n.\r\n");

        Assert.StartsWith("250", await client.ReadReplyAsync());
        Assert.Single(Assert.Single(engine.Delivery.Messages).Recipients);
    }

    [Fact]
    public async Task Replies_of_the_delivery_take_the_place_of_the_engines()
    {
        await using var engine = new Engine();
        engine.Delivery.OnSender = static _ => new(new SmtpReply(250, new(2, 1, 0), "welcome"));
        engine.Delivery.OnRecipient = (_, path) => new(path.LocalPart switch
        {
            "named" => new RecipientDecision(engine.Delivery.Sink(0), new SmtpReply(250, new(2, 1, 5), "yours")),
            "nothing" => new RecipientDecision(null, null),
            _ => RecipientDecision.Accept(engine.Delivery.Sink(0)),
        });
        await using var client = await Conversation.GreetAsync(engine.Server);

        Assert.Equal("250 2.1.0 welcome", await client.AskAsync("MAIL FROM:<>"));
        Assert.Equal("250 2.1.5 yours", await client.AskAsync("RCPT TO:<named@a.test>"));
        Assert.Equal("250 2.1.5 Recipient address accepted", await client.AskAsync("RCPT TO:<other@a.test>"));
        Assert.StartsWith("451 4.3.0", await client.AskAsync("RCPT TO:<nothing@a.test>"));
    }

    [Fact]
    public async Task A_sender_that_the_delivery_refuses_opens_no_transaction()
    {
        await using var engine = new Engine();
        engine.Delivery.OnSender = static _ => new(new SmtpReply(450, new(4, 7, 1), "later"));
        await using var client = await Conversation.GreetAsync(engine.Server);

        Assert.Equal("450 4.7.1 later", await client.AskAsync("MAIL FROM:<>"));
        Assert.Equal(0, engine.Server.Transactions);
        Assert.StartsWith("503", await client.AskAsync("RCPT TO:<ok@example.test>"));
    }
}
