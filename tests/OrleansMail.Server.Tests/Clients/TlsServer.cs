using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using OrleansMail.Testing.Processes;
using OrleansMail.Testing.Smtp;

namespace OrleansMail.Server.Tests.Clients;

/// <summary>A server with two certificate files, an implicit TLS listener and a listener without TLS.</summary>
public sealed partial class TlsServer : IAsyncLifetime
{
    private const string Tenant = "sealed";
    private const string Domain = "sealed.test";
    private readonly TemporaryFolder folder = new();
    private int mailboxes;

    public ServerProcess Process { get; private set; } = null!;

    public IPEndPoint Smtps { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        var (certificate, key) = TestCertificate.Pem(ServerSettings.HostName, "localhost");
        await File.WriteAllTextAsync(folder.File("mx.crt"), certificate);
        await File.WriteAllTextAsync(folder.File("mx.key"), key);
        (certificate, key) = TestCertificate.Pem("*.other.test");
        await File.WriteAllTextAsync(folder.File("other.pem"), certificate + key);
        (certificate, key) = TestCertificate.Pem("client.example.test");
        await File.WriteAllTextAsync(ClientPem, certificate + key);
        Process = await ServerProcess.StartAsync(new ServerSettings
        {
            Arguments =
            [
                "--smtps", "127.0.0.1:0", "--tls-cert", folder.File("mx.crt"), "--tls-key", folder.File("mx.key"),
                "--OrleansMail:Smtp:Tls:Certificates:0:Certificate", folder.File("other.pem"),
                "--OrleansMail:Smtp:Listeners:0:Address=127.0.0.1:0", "--OrleansMail:Smtp:Listeners:0:Tls=None",
            ],
        });
        Smtps = IPEndPoint.Parse(SmtpsLine().Match(Process.Output).Groups[1].Value);
        await Process.Api.ProvisionAsync(Tenant, Domain);
    }

    /// <summary>A certificate with its key, for a client to show.</summary>
    public string ClientPem => folder.File("client.pem");

    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        folder.Dispose();
    }

    public async Task<string> NewMailboxAsync()
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"box{Interlocked.Increment(ref mailboxes)}");
        await Process.Api.PutMailboxAsync(Tenant, Domain, name);
        return $"{name}@{Domain}";
    }

    /// <summary>The only message of a mailbox, and its octets.</summary>
    public async Task<(MessageItem Item, RawMessage Message)> ReceiveAsync(string mailbox)
    {
        var item = Assert.Single((await Process.Api.WaitAsync(Tenant, mailbox)).Items);
        return (item, RawMessage.Parse(await Process.Api.RawAsync(Tenant, item.Id)));
    }

    [GeneratedRegex(@"^\s*SMTPS\s+(\S+)\s", RegexOptions.Multiline)]
    private static partial Regex SmtpsLine();
}
