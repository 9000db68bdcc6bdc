using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrleansMail.Testing.Smtp;

namespace OrleansMail.Smtp.Tests;

/// <summary>The engine behind a Kestrel listener on a free loopback port.</summary>
internal sealed class SmtpListener : IAsyncDisposable
{
    private readonly IHost _host;

    private SmtpListener(IHost host, SmtpServer server, MemoryDelivery delivery, IPEndPoint endPoint)
    {
        _host = host;
        Server = server;
        Delivery = delivery;
        EndPoint = endPoint;
    }

    public SmtpServer Server { get; }

    public MemoryDelivery Delivery { get; }

    public IPEndPoint EndPoint { get; }

    public static async Task<SmtpListener> StartAsync(Action<SmtpServerOptions>? configure = null, MemoryDelivery? delivery = null, TimeProvider? time = null, int? sendBuffer = null,
        SmtpListenerOptions? offers = null, Func<ISmtpDeliveryFactory, ISmtpDeliveryFactory>? around = null)
    {
        var options = new SmtpServerOptions { HostName = "mx.example.test" };
        configure?.Invoke(options);
        delivery ??= new MemoryDelivery();
        var server = new SmtpServer(options, around?.Invoke(delivery) ?? delivery, time);
        var host = new HostBuilder()
            .ConfigureWebHost(web => web
                .UseKestrelCore()
                .UseSockets(sockets => sockets.CreateBoundListenSocket = address => Bind(address, sendBuffer))
                .ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Run(connection => server.RunAsync(connection, offers ?? new SmtpListenerOptions()))))
                .Configure(static _ => { }))
            .ConfigureLogging(static logging => logging.ClearProviders())
            .Build();
        await host.StartAsync();
        var address = host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return new SmtpListener(host, server, delivery, new IPEndPoint(IPAddress.Loopback, new Uri(address).Port));
    }

    private static Socket Bind(EndPoint address, int? sendBuffer)
    {
        var socket = SocketTransportOptions.CreateDefaultBoundListenSocket(address);
        if (sendBuffer is { } octets)
            socket.SendBufferSize = octets; // the accepted ones have it too
        return socket;
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        await _host.StopAsync(new CancellationToken(canceled: true));
        _host.Dispose();
    }
}
