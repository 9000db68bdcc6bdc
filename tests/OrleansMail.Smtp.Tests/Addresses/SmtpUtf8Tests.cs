using System.Text;
using OrleansMail.Testing.Smtp;

namespace OrleansMail.Smtp.Tests.Addresses;

public sealed class SmtpUtf8Tests
{
    [Fact]
    public async Task Addresses_in_utf8_reach_the_delivery_and_the_trace_line()
    {
        await using var engine = new Engine();
        await using var client = await Conversation.GreetAsync(engine.Server);
        Assert.StartsWith("250", await client.AskAsync(Octets("MAIL FROM:<\u043f\u043e@b\u00fccher.test> SMTPUTF8")));
        Assert.StartsWith("250", await client.AskAsync(Octets("RCPT TO:<ok-\u00fc@example.test>")));
        Assert.StartsWith("354", await client.AskAsync("DATA"));
        Assert.StartsWith("250", await client.AskAsync("Subject: x\r\n\r\n."));

        var message = Assert.Single(engine.Delivery.Messages);
        Assert.Equal(("\u043f\u043e", "b\u00fccher.test"), (message.Transaction.ReversePath.LocalPart, message.Transaction.ReversePath.Domain));
        Assert.Contains("for <ok-\u00fc@example.test>", Encoding.UTF8.GetString(message.Trace), StringComparison.Ordinal);
        Assert.Contains("with UTF8SMTP id", Encoding.UTF8.GetString(message.Trace), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_the_parameter_nothing_in_utf8_is_an_address()
    {
        await using var engine = new Engine();
        await using var client = await Conversation.GreetAsync(engine.Server);
        Assert.StartsWith("553 5.6.7", await client.AskAsync(Octets("MAIL FROM:<\u00fc@b.test>")));
        Assert.StartsWith("553 5.6.7", await client.AskAsync(Octets("MAIL FROM:<a@b\u00fccher.test>")));
        await client.AskAsync("MAIL FROM:<a@b.test>");
        Assert.StartsWith("553 5.6.7", await client.AskAsync(Octets("RCPT TO:<ok-\u00fc@example.test>")));
        Assert.StartsWith("250", await client.AskAsync("RCPT TO:<ok@example.test>"));
    }

    [Theory]
    [InlineData("a\nb"), InlineData("a\u0085b"), InlineData("a\u2028b"), InlineData("a\u202eb"), InlineData("a\u200fb"), InlineData("a\ufeffb"), InlineData("a\u00a0b")]
    public void A_trace_line_shows_no_character_that_could_end_it_or_turn_it_around(string local)
    {
        var session = new SmtpSessionContext { Id = "1", HostName = "mx.test", IsExtended = true };
        var transaction = new SmtpTransaction { Session = session, ReversePath = SmtpPath.Null, IsUtf8 = true };
        var path = new SmtpPath(local, "x.test", $"{local}@x.test");

        var line = Encoding.UTF8.GetString(ReceivedHeader.Create(transaction, [new SmtpRecipient(path, null!)], "q", DateTimeOffset.UnixEpoch));

        Assert.Contains("for <a?b@x.test>;", line, StringComparison.Ordinal);
    }

    private static string Octets(string text) => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));
}
