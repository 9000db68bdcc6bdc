using System.Net;
using OrleansMail.Server.Tests.Corpus;
using OrleansMail.Testing.Processes;
using OrleansMail.Testing.Stores;

namespace OrleansMail.Server.Tests.WholeSystem;

/// <summary>The same server over a Blob service (Azurite): mail survives a kill, and a service that is away defers mail and loses none.</summary>
public sealed class BlobStoreTests : IAsyncLifetime
{
    private const string Tenant = "blobs";
    private const string Inbox = "inbox@blobs.test";
    private AzuriteServer azurite = null!;
    private ServerProcess server = null!;

    public async ValueTask InitializeAsync()
    {
        var (started, reason) = await AzuriteServer.TryStartAsync();
        Assert.SkipWhen(started is null, reason ?? "");
        azurite = started!;
        server = await ServerProcess.StartAsync(new ServerSettings { Storage = azurite.ConnectionString });
        await server.Api.ProvisionAsync(Tenant, "blobs.test", "inbox");
    }

    public async ValueTask DisposeAsync()
    {
        if (server is not null)
            await server.DisposeAsync();
        if (azurite is not null)
            await azurite.DisposeAsync();
    }

    [Fact]
    public async Task Mail_is_kept_byte_for_byte_over_a_kill()
    {
        string[] names = ["plain", "dots", "nul-octets", "just-above-inline"];
        var ids = new List<string>();
        using (var talk = await SmtpTalk.ConnectAsync(server.Smtp))
        {
            foreach (var name in names)
                ids.Add(await talk.DeliverAsync(Message.Sender, Inbox, CorpusFile.Load(name).Content));
        }

        await server.KillAsync();
        await server.RestartAsync();

        Assert.Equal(ids, (await server.Api.ListAsync(Tenant, Inbox)).Select(item => item.Id));
        foreach (var (id, name) in ids.Zip(names))
            Assert.Equal(CorpusFile.Load(name).Content, RawMessage.Parse(await server.Api.RawAsync(Tenant, id)).Content);
    }

    [Fact]
    public async Task A_service_that_is_away_defers_mail_and_takes_it_when_it_is_back()
    {
        using var talk = await SmtpTalk.ConnectAsync(server.Smtp);
        var before = await talk.DeliverAsync(Message.Sender, Inbox, Message.Create("before"));
        await talk.BeginMessageAsync(Message.Sender, Inbox);

        await azurite.StopAsync();
        await talk.SendAsync(DotStuffing.Encode(Message.Create("meanwhile", "meanwhile@sender.test")));
        await talk.ExpectAsync("451 4.3.0 ");
        await Eventually.TrueAsync(async () => await server.Api.ReadinessAsync() == HttpStatusCode.ServiceUnavailable, "a server without its store is not ready");

        await azurite.StartAsync();
        await Eventually.TrueAsync(async () => await server.Api.ReadinessAsync() == HttpStatusCode.OK, "a server whose store is back is ready");
        using var again = await SmtpTalk.ConnectAsync(server.Smtp);
        var after = await again.DeliverAsync(Message.Sender, Inbox, Message.Create("meanwhile", "meanwhile@sender.test"));

        Assert.Equal([before, after], (await server.Api.ListAsync(Tenant, Inbox)).Select(item => item.Id));
    }
}
