namespace OrleansMail.Smtp.Tests.Attacks;

[Collection(nameof(AttackCollection))]
public sealed class GarbageTests
{
    // The front of a TLS 1.2 ClientHello as OpenSSL sends it (RFC 8446 §4.1.2), its random octets and extensions left to chance.
    private static readonly byte[] ClientHello = [0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc, 0x03, 0x03];

    [Fact]
    public async Task A_TLS_handshake_at_a_plaintext_port_is_a_mistake_like_any_other()
    {
        await using var listener = await SmtpListener.StartAsync();
        using var client = await AttackClient.ConnectAsync(listener.EndPoint);
        Assert.StartsWith("220", await client.ReadReplyAsync());
        var random = new Random(1);
        var octets = new byte[512];
        random.NextBytes(octets);
        await client.SendAsync(ClientHello);
        await client.SendAsync(Array.FindAll(octets, static octet => octet is not (byte)'\r'));

        Assert.StartsWith("500", await client.AskAsync(""));
        Assert.StartsWith("250", await client.AskAsync("EHLO attacker.test"));
    }

    [Theory, InlineData(1), InlineData(2), InlineData(3)]
    public async Task Random_octets_end_a_session_after_some_mistakes_and_no_other(int seed)
    {
        await using var listener = await SmtpListener.StartAsync();
        using var good = await AttackClient.GreetAsync(listener.EndPoint);
        using var client = await AttackClient.ConnectAsync(listener.EndPoint);
        var octets = new byte[1024 * 1024];
        new Random(seed).NextBytes(octets);
        for (var i = 0; i < octets.Length; i += 700)
            "\r\n"u8.CopyTo(octets.AsSpan(i));
        var send = SendQuietlyAsync(client, octets);

        var replies = await client.ReadToEndAsync();
        await send;
        Assert.Equal(["220", .. Enumerable.Repeat("500", 20), "421"], replies.Select(static reply => reply[..3]));
        Assert.All(replies, static reply => Assert.True(reply.All(static octet => octet is >= ' ' and <= '~'), reply));
        Assert.StartsWith("250", await good.DeliverAsync());
    }

    private static async Task SendQuietlyAsync(AttackClient client, byte[] octets)
    {
        try
        {
            await client.SendAsync(octets);
        }
        catch (System.Net.Sockets.SocketException)
        {
            // The server has had enough.
        }
    }
}
