using System.Net;
using System.Text;
using OrleansMail.Server.Tests.WholeSystem;
using OrleansMail.Testing.Network;
using OrleansMail.Testing.Processes;
using OrleansMail.Testing.Stores;

namespace OrleansMail.Server.Tests.Faults;

/// <summary>The whole server over a real Azurite behind a proxy that fails: mail is deferred, never lost and never there twice.</summary>
public sealed class BlobServiceFaultTests : IAsyncLifetime
{
    private const string Tenant = "faults";
    private const string Inbox = "inbox@faults.test";
    private AzuriteServer azurite = null!;
    private FaultProxy proxy = null!;
    private ServerProcess server = null!;

    public async ValueTask InitializeAsync()
    {
        var (started, reason) = await AzuriteServer.TryStartAsync();
        Assert.SkipWhen(started is null, reason ?? "");
        azurite = started!;
        proxy = new FaultProxy(azurite.Port);
        server = await ServerProcess.StartAsync(new ServerSettings { Storage = AzuriteServer.ConnectionStringAt(proxy.Port) });
        await server.Api.ProvisionAsync(Tenant, "faults.test", "inbox");
    }

    public async ValueTask DisposeAsync()
    {
        if (server is not null)
            await server.DisposeAsync();
        if (proxy is not null)
            await proxy.DisposeAsync();
        if (azurite is not null)
            await azurite.DisposeAsync();
    }

    [Theory, InlineData(ProxyFaultKind.Hang, 0), InlineData(ProxyFaultKind.Answer, 500)]
    public async Task A_service_that_fails_defers_mail_and_everything_acknowledged_is_there_once(ProxyFaultKind kind, int status)
    {
        using var talk = await SmtpTalk.ConnectAsync(server.Smtp);
        var acknowledged = new List<string> { await talk.DeliverAsync(Message.Sender, Inbox, Message.Create("before")) };
        await talk.BeginMessageAsync(Message.Sender, Inbox);

        proxy.Decide = _ => new ProxyFault(kind, status);
        await talk.SendAsync(DotStuffing.Encode(Message.Create("meanwhile", "meanwhile@sender.test")));
        await talk.ExpectAsync("451 4.3.0 ");
        await talk.SayAsync($"MAIL FROM:<{Message.Sender}>", "451 4.3.0 ");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await server.Api.ReadinessAsync());

        proxy.Decide = null;
        await Eventually.TrueAsync(async () => await server.Api.ReadinessAsync() == HttpStatusCode.OK, "a server whose store is back is ready");
        acknowledged.Add(await talk.DeliverAsync(Message.Sender, Inbox, Message.Create("meanwhile", "meanwhile@sender.test")));

        Assert.Equal(acknowledged, (await server.Api.ListAsync(Tenant, Inbox)).Select(item => item.Id));
    }

    [Fact]
    public async Task A_client_that_sends_again_while_answers_get_lost_has_each_message_there_once()
    {
        proxy.AtRandom(5, 0.2, ProxyFault.ResetBefore, ProxyFault.LoseAnswer, ProxyFault.Answer(500), ProxyFault.CutUpload);
        var acknowledged = new List<string>();
        using (var talk = await SmtpTalk.ConnectAsync(server.Smtp))
        {
            for (var number = 0; number < 40; number++)
                acknowledged.Add(await DeliverAsync(talk, Message.Create($"message {number}", $"{number}@sender.test")));
        }

        Assert.Contains(proxy.History, h => h.Request.IsAppend && h.Fault.Kind != ProxyFaultKind.None);
        proxy.Decide = null;
        await server.KillAsync();
        await server.RestartAsync();

        Assert.Equal(acknowledged, (await server.Api.ListAsync(Tenant, Inbox)).Select(item => item.Id));
    }

    private static async Task<string> DeliverAsync(SmtpTalk talk, byte[] content)
    {
        var reply = "";
        await Eventually.TrueAsync(async () => (reply = await TryDeliverAsync(talk, content)).StartsWith("250 2.0.0 ", StringComparison.Ordinal), "it is accepted");
        return reply.Split(' ')[^1];
    }

    private static async Task<string> TryDeliverAsync(SmtpTalk talk, byte[] content)
    {
        foreach (var command in new[] { "RSET", $"MAIL FROM:<{Message.Sender}>", $"RCPT TO:<{Inbox}>", "DATA" })
        {
            await talk.SendAsync(Encoding.ASCII.GetBytes(command + "\r\n"));
            var reply = await talk.ReadReplyAsync();
            if (reply[0] is not ('2' or '3'))
                return reply;
        }

        await talk.SendAsync(DotStuffing.Encode(content));
        return await talk.ReadReplyAsync();
    }
}
