using OrleansMail.Testing.Smtp;

namespace OrleansMail.Smtp.Tests.Tls;

/// <summary>Octets count as sent after a reply only when their whole record was received after it had left (RFC 1047).</summary>
public sealed class TlsReplySeenTests
{
    private const string Message = "Subject: x\r\n\r\nbody\r\n.\r\n";

    [Fact]
    public async Task A_record_that_comes_after_the_reply_means_seen()
    {
        await using var engine = new Engine(TestCertificate.OfferTls);
        await using var client = await TlsConversation.GreetAsync(engine.Server);
        for (var i = 0; i < 3; i++)
        {
            await client.BeginDataAsync();
            await client.SendAsync(Message);
            Assert.StartsWith("250", await client.ReadReplyAsync());
            Assert.Equal(i, engine.Delivery.Seen);
        }

        Assert.StartsWith("221", await client.AskAsync("QUIT"));
        Assert.Equal(3, engine.Delivery.Seen);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task A_record_that_came_while_the_message_was_stored_means_nothing(bool inOneRecord)
    {
        await using var engine = new Engine(TestCertificate.OfferTls);
        var (gate, stores) = (new TaskCompletionSource(), new TaskCompletionSource());
        engine.Delivery.OnComplete = async _ =>
        {
            stores.SetResult();
            await gate.Task;
            return null;
        };
        await using var client = await TlsConversation.GreetAsync(engine.Server);
        await client.BeginDataAsync();
        await client.SendAsync(inOneRecord ? Message + "NOOP\r\n" : Message);
        await stores.Task;
        if (!inOneRecord)
            await client.SendAsync("NOOP\r\n");
        gate.SetResult();
        Assert.StartsWith("250", await client.ReadReplyAsync());
        Assert.StartsWith("250", await client.ReadReplyAsync());
        Assert.Equal(0, engine.Delivery.Seen);

        Assert.StartsWith("250", await client.AskAsync("NOOP"));
        Assert.Equal(1, engine.Delivery.Seen);
    }

    [Fact]
    public async Task A_record_that_had_partly_come_when_the_reply_left_means_nothing()
    {
        await using var engine = new Engine(TestCertificate.OfferTls);
        var (gate, stores) = (new TaskCompletionSource(), new TaskCompletionSource());
        engine.Delivery.OnComplete = async _ =>
        {
            stores.SetResult();
            await gate.Task;
            return null;
        };
        await using var client = await TlsConversation.GreetAsync(engine.Server);
        await client.BeginDataAsync();
        await client.SendAsync(Message);
        await stores.Task;
        var rest = ReadOnlyMemory<byte>.Empty;
        client.Raw.OnWrite = piece =>
        {
            rest = piece[10..].ToArray();
            return piece[..10];
        };
        await client.SendAsync("NOOP\r\n");
        client.Raw.OnWrite = static piece => piece;
        gate.SetResult();
        Assert.StartsWith("250", await client.ReadReplyAsync());
        await client.Raw.WriteAsync(rest);
        Assert.StartsWith("250", await client.ReadReplyAsync());
        Assert.Equal(0, engine.Delivery.Seen);

        Assert.StartsWith("250", await client.AskAsync("NOOP"));
        Assert.Equal(1, engine.Delivery.Seen);
    }

    [Fact]
    public async Task A_handshake_after_a_message_in_plaintext_means_seen_with_its_first_command()
    {
        await using var engine = new Engine(TestCertificate.OfferTls);
        await using var client = TlsConversation.Start(engine.Server);
        await client.ReadReplyAsync();
        await client.AskAsync("EHLO client.example");
        await client.BeginDataAsync();
        await client.SendAsync(Message + "STARTTLS\r\n");
        Assert.StartsWith("250", await client.ReadReplyAsync());
        Assert.StartsWith("220", await client.ReadReplyAsync());
        await client.HandshakeAsync();
        Assert.StartsWith("250", await client.AskAsync("EHLO client.example"));

        Assert.Equal(1, engine.Delivery.Seen);
    }
}
