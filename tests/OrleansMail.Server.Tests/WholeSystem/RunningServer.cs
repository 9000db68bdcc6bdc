using OrleansMail.Testing.Processes;

namespace OrleansMail.Server.Tests.WholeSystem;

/// <summary>A server that the tests of one class share; each makes tenants of its own.</summary>
public sealed class RunningServer : IAsyncLifetime
{
    public ServerProcess Process { get; private set; } = null!;

    public MailApi Api => Process.Api;

    public async ValueTask InitializeAsync() => Process = await ServerProcess.StartAsync();

    public ValueTask DisposeAsync() => Process.DisposeAsync();

    public Task<SmtpTalk> ConnectAsync() => SmtpTalk.ConnectAsync(Process.Smtp);
}
