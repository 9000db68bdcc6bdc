using System.Buffers;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OrleansMail.Benchmarks.Parse;
using OrleansMail.Smtp;
using OrleansMail.Smtp.Hosting;

namespace OrleansMail.Benchmarks.Idle;

/// <summary>The servers whose idle connections are compared, on one transport with its default settings.</summary>
internal static class IdleHost
{
    public const string Engine = "OrleansMail";
    public const string Sink = "bare sink";

    public static IReadOnlyList<string> Kinds { get; } = [Sink, Engine];

    /// <summary>Makes one; it listens on a free port of loopback once started.</summary>
    public static WebApplication Create(string kind, bool tls)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.AddConsole(static console => console.LogToStandardErrorThreshold = LogLevel.Trace); // scopes cost memory, so they are kept as in service
        var certificate = tls ? CreateCertificate() : null;
        builder.Services.AddSingleton<ISmtpDeliveryFactory>(new NullDelivery()).AddSmtpServer(options =>
        {
            options.HostName = "bench.test";
            if (certificate is not null)
                options.Tls.SelectCertificate = Select(SslStreamCertificateContext.Create(certificate, null));
        });
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => Use(listen, kind, certificate)));
        return builder.Build();
    }

    private static void Use(ListenOptions listen, string kind, X509Certificate2? certificate)
    {
        if (kind == Engine)
        {
            listen.UseSmtp();
            return;
        }

        if (certificate is not null)
            listen.UseHttps(certificate);
        listen.Run(SinkAsync);
    }

    private static Func<SmtpSessionContext, string?, SslStreamCertificateContext?> Select(SslStreamCertificateContext context) => (_, _) => context;

    private static X509Certificate2 CreateCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = new CertificateRequest("CN=bench.test", key, HashAlgorithmName.SHA256).CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
    }

    // The least that greets, answers EHLO and waits: what a connection costs before there is a server.
    private static async Task SinkAsync(ConnectionContext connection)
    {
        var (input, output) = (connection.Transport.Input, connection.Transport.Output);
        output.Write("220 sink\r\n"u8);
        await output.FlushAsync();
        while (true)
        {
            var read = await input.ReadAsync();
            if (read.Buffer.PositionOf((byte)'\n') is not null)
                output.Write("250 sink\r\n"u8);
            input.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
                return;
            await output.FlushAsync();
        }
    }
}
