using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using OrleansMail.Testing.Smtp;

namespace OrleansMail.Smtp.Tests.Attacks;

[Collection(nameof(AttackCollection))]
public sealed class TlsGarbageTests
{
    public static TheoryData<string, byte[]> Garbage => new()
    {
        { "plaintext", Encoding.ASCII.GetBytes("EHLO attacker.test\r\nMAIL FROM:<>\r\n") },
        { "zeros", new byte[100_000] },
        { "random", Random(1, 100_000) },
        { "the largest record there can be", [0x16, 0x03, 0x01, 0xff, 0xff, .. Random(2, 100_000)] },
        { "a handshake that lies of its length", [0x16, 0x03, 0x01, 0x40, 0x00, 0x01, 0xff, 0xff, 0xff, .. Random(3, 0x3ffc)] },
        { "an alert", [0x15, 0x03, 0x01, 0x00, 0x02, 0x02, 0x28] },
        { "application data", [0x17, 0x03, 0x03, 0x00, 0x10, .. Random(4, 16)] },
        { "empty records", [.. Enumerable.Repeat<byte[]>([0x16, 0x03, 0x03, 0x00, 0x00], 20_000).SelectMany(static record => record)] },
    };

    [Theory, MemberData(nameof(Garbage))]
    public async Task Garbage_at_a_TLS_port_ends_its_session_without_a_plaintext_word(string name, byte[] garbage)
    {
        await using var listener = await SmtpListener.StartAsync(static options => options.OfferTls(), offers: new SmtpListenerOptions { Tls = SmtpListenerTls.Implicit });
        using var client = await AttackClient.ConnectAsync(listener.EndPoint);
        await SendAndLeaveAsync(client, garbage);

        var answer = await ReadToEndAsync(client);
        Assert.True(answer.Length == 0 || answer[0] == 0x15, $"{name}: {Encoding.Latin1.GetString(answer)}"); // nothing, or an alert
        await JudgeAsync(listener);
        Assert.Equal("220", await GreetWithTlsAsync(listener));
    }

    [Theory, MemberData(nameof(Garbage))]
    public async Task Garbage_behind_STARTTLS_ends_its_session_and_the_client_may_come_back_in_plaintext(string name, byte[] garbage)
    {
        await using var listener = await SmtpListener.StartAsync(static options => options.OfferTls());
        using var client = await AttackClient.GreetAsync(listener.EndPoint);
        Assert.StartsWith("220", await client.AskAsync("STARTTLS"));
        await SendAndLeaveAsync(client, garbage);

        var answer = await ReadToEndAsync(client);
        Assert.True(answer.Length == 0 || answer[0] == 0x15, $"{name}: {Encoding.Latin1.GetString(answer)}");
        await JudgeAsync(listener);
        using var again = await AttackClient.GreetAsync(listener.EndPoint);
        Assert.StartsWith("250", await again.DeliverAsync());
    }

    [Fact]
    public async Task Half_a_handshake_has_its_time()
    {
        const int Attackers = 50;
        var time = new FakeTimeProvider();
        await using var listener = await SmtpListener.StartAsync(static options => options.OfferTls(), time: time, offers: new SmtpListenerOptions { Tls = SmtpListenerTls.Implicit });
        var clients = new List<AttackClient>();
        for (var i = 0; i < Attackers; i++)
        {
            clients.Add(await AttackClient.ConnectAsync(listener.EndPoint));
            await clients[^1].SendAsync(new byte[] { 0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00 });
        }

        await ProcessResources.UntilAsync(() => listener.Server.Sessions == Attackers, "All attackers have a session.");
        Assert.Equal("220", await GreetWithTlsAsync(listener));
        await ProcessResources.UntilAsync(
            () =>
            {
                time.Advance(TimeSpan.FromSeconds(10));
                return listener.Server.Sessions == 0;
            },
            "Half a handshake ends with its time.");
        clients.ForEach(static client => client.Dispose());
    }

    private static async Task JudgeAsync(SmtpListener listener)
    {
        await ProcessResources.UntilAsync(() => listener.Server.Sessions == 0, "The session ends.");
        Assert.Empty(listener.Delivery.Messages);
        Assert.Equal(0, listener.Server.Transactions);
    }

    private static async Task SendAndLeaveAsync(AttackClient client, byte[] garbage)
    {
        try
        {
            await client.SendAsync(garbage);
            client.Socket.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // The server has seen enough.
        }
    }

    private static async Task<byte[]> ReadToEndAsync(AttackClient client)
    {
        var all = new MemoryStream();
        var chunk = new byte[4096];
        try
        {
            for (int count; (count = await client.Socket.ReceiveAsync(chunk).WaitAsync(TimeSpan.FromSeconds(30))) > 0;)
                all.Write(chunk, 0, count);
        }
        catch (SocketException)
        {
            // Cut: garbage that nobody has read resets the connection.
        }

        return all.ToArray();
    }

    private static async Task<string> GreetWithTlsAsync(SmtpListener listener)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(listener.EndPoint);
        await using var tls = new SslStream(client.GetStream());
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "mx.example.test",
            RemoteCertificateValidationCallback = static (_, certificate, _, _) => certificate is not null, // it has signed itself
        });
        using var reader = new StreamReader(tls, Encoding.ASCII);
        var greeting = await reader.ReadLineAsync();
        return greeting![..3];
    }

    private static byte[] Random(int seed, int length)
    {
        var octets = new byte[length];
        new Random(seed).NextBytes(octets);
        return octets;
    }
}
