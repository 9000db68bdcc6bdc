using System.Net;
using System.Text.RegularExpressions;
using OrleansMail.Testing.Processes;

namespace OrleansMail.Server.Tests.WholeSystem;

/// <summary>A server that the tests of one class share, with a listener for SMTP and one for LMTP; each test makes tenants of its own.</summary>
public sealed partial class RunningServer : IAsyncLifetime
{
    public ServerProcess Process { get; private set; } = null!;

    public MailApi Api => Process.Api;

    public async ValueTask InitializeAsync() => Process = await ServerProcess.StartAsync(new ServerSettings
    {
        Arguments = ["--OrleansMail:Smtp:Listeners:0:Address=127.0.0.1:0", "--OrleansMail:Smtp:Listeners:0:Lmtp=true"],
    });

    public ValueTask DisposeAsync() => Process.DisposeAsync();

    public Task<SmtpTalk> ConnectAsync() => SmtpTalk.ConnectAsync(Process.Smtp);

    public Task<SmtpTalk> ConnectLmtpAsync() => SmtpTalk.ConnectAsync(IPEndPoint.Parse(LmtpLine().Match(Process.Output).Groups[1].Value), "LHLO");

    [GeneratedRegex(@"^\s*LMTP\s+(\S+)\s", RegexOptions.Multiline)]
    private static partial Regex LmtpLine();
}
