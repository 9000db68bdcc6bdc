using System.Net;
using System.Text.RegularExpressions;
using OrleansMail.Server.Tests.Corpus;
using OrleansMail.Testing.Processes;

namespace OrleansMail.Server.Tests.Proxies;

/// <summary>
/// A server that trusts 127.0.0.1, so that a client of another loopback address can be told from the proxy; with a further listener that requires the
/// PROXY header.
/// </summary>
public sealed partial class ProxiedServer : IAsyncLifetime
{
    public const string Client = "127.0.0.2";

    private const string Tenant = "proxied";
    private const string Domain = "proxied.test";
    private ServerProcess server = null!;

    public IPEndPoint Smtp => server.Smtp;

    /// <summary>The listener that requires the header.</summary>
    public IPEndPoint RequireProxy { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        server = await ServerProcess.StartAsync(new ServerSettings
        {
            Arguments =
            [
                "--OrleansMail:Smtp:TrustedProxies=127.0.0.1, 192.0.2.0/24",
                "--OrleansMail:Smtp:Listeners:0:Address=127.0.0.1:0", "--OrleansMail:Smtp:Listeners:0:RequireProxy=true",
            ],
        });
        RequireProxy = IPEndPoint.Parse(SmtpLine().Matches(server.Output)[1].Groups[1].Value);
        await server.Api.ProvisionAsync(Tenant, Domain);
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();

    /// <summary>Makes a mailbox of its own for one delivery.</summary>
    public async Task<string> NewMailboxAsync(string name)
    {
        await server.Api.PutMailboxAsync(Tenant, Domain, name);
        return $"{name}@{Domain}";
    }

    /// <summary>Checks that the mailbox has the file, octet for octet, and that its record and trace line name the client.</summary>
    public async Task VerifyAsync(string mailbox, CorpusFile file, string client, string? helo = null)
    {
        var item = Assert.Single((await server.Api.WaitAsync(Tenant, mailbox)).Items);
        var raw = await server.Api.RawAsync(Tenant, item.Id);

        Assert.Equal(client, item.Envelope.RemoteAddress);
        Assert.Equal(CorpusFile.Sha256(file.AsStored), CorpusFile.Sha256(RawMessage.Parse(raw).Content));
        Assert.Contains(client.Contains(':', StringComparison.Ordinal) ? $"[IPv6:{client}]" : $"[{client}]", RawMessage.Parse(raw).Trace[2].Value, StringComparison.Ordinal);
        if (helo is not null)
            Assert.Equal(helo, item.Envelope.Helo);
    }

    [GeneratedRegex(@"^\s*SMTP\s+(\S+)\s", RegexOptions.Multiline)]
    private static partial Regex SmtpLine();
}
