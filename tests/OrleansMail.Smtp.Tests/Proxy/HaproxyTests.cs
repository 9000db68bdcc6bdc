using System.Net;
using OrleansMail.Testing.Processes;

namespace OrleansMail.Smtp.Tests.Proxy;

/// <summary>A listener that requires the header, with a real HAProxy before it.</summary>
public sealed class HaproxyTests
{
    [Theory, InlineData("send-proxy"), InlineData("send-proxy-v2"), InlineData("send-proxy-v2 proxy-v2-options crc32c,authority")]
    public async Task A_listener_that_requires_the_header_serves_HAProxys_clients_and_its_checks(string options)
    {
        await using var listener = await SmtpListener.StartAsync(
            settings => settings.TrustedProxies.Add(IPNetwork.Parse("127.0.0.1/32")), offers: new SmtpListenerOptions { RequireProxy = true });
        await using var haproxy = await HaproxyInstance.StartAsync(listener.EndPoint, options + " check inter 200ms fall 1");

        using var talk = await SmtpTalk.ConnectAsync(new IPEndPoint(IPAddress.Loopback, haproxy.Port));
        await talk.DeliverAsync("carol@origin.test", "ok@example.test", "Subject: through\r\n\r\nthe proxy\r\n"u8.ToArray(), "250 ");

        var message = Assert.Single(listener.Delivery.Messages);
        Assert.Equal("Subject: through\r\n\r\nthe proxy\r\n", Text.Of(message.Content));
        Assert.Equal(IPAddress.Loopback, message.Transaction.Session.ProxyEndPoint?.Address);
        Assert.Equal(haproxy.Port, message.Transaction.Session.LocalEndPoint?.Port);
    }

    [Fact]
    public async Task A_listener_that_requires_the_header_serves_no_HAProxy_without_it()
    {
        await using var listener = await SmtpListener.StartAsync(
            settings => settings.TrustedProxies.Add(IPNetwork.Parse("127.0.0.1/32")), offers: new SmtpListenerOptions { RequireProxy = true });
        await using var haproxy = await HaproxyInstance.StartAsync(listener.EndPoint, "");
        using var socket = new System.Net.Sockets.Socket(System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, haproxy.Port, TestContext.Current.CancellationToken);
        await socket.SendAsync("EHLO a.test\r\n"u8.ToArray());

        Assert.Equal(0, await socket.ReceiveAsync(new byte[100]));
    }
}
