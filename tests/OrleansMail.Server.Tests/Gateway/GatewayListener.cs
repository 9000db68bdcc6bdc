using System.Net;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OrleansMail.Smtp;
using OrleansMail.Smtp.Hosting;
using OrleansMail.Testing.Processes;

namespace OrleansMail.Server.Tests.Gateway;

/// <summary>A gateway's sessions on a free loopback port.</summary>
internal sealed class GatewayListener : IAsyncDisposable
{
    private readonly IHost host;
    private readonly SmtpServer server;
    private readonly IPEndPoint endPoint;

    private GatewayListener(IHost host, SmtpServer server)
    {
        (this.host, this.server) = (host, server);
        var address = host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        endPoint = new IPEndPoint(IPAddress.Loopback, new Uri(address).Port);
    }

    public static async Task<GatewayListener> StartAsync(GatewayFixture gateway, TimeProvider time)
    {
        var server = new SmtpServer(new SmtpServerOptions { HostName = "mx.example.test" }, gateway.Get<ISmtpDeliveryFactory>(), time);
        var host = new HostBuilder()
            .ConfigureWebHost(web => web
                .UseKestrelCore()
                .ConfigureKestrel(static kestrel => kestrel.Listen(IPAddress.Loopback, 0, static listen => listen.UseSmtp()))
                .ConfigureServices(services => services.AddSingleton(server))
                .Configure(static _ => { }))
            .Build();
        await host.StartAsync();
        return new GatewayListener(host, server);
    }

    public Task<SmtpTalk> ConnectAsync() => SmtpTalk.ConnectAsync(endPoint);

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        await host.StopAsync(new CancellationToken(canceled: true));
        host.Dispose();
    }
}
