using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Sas;
using OrleansMail.Testing.Processes;
using OrleansMail.Testing.Stores;

namespace OrleansMail.Server.Tests.WholeSystem;

/// <summary>Tenants with a container of their own beside tenants in the shared folder.</summary>
public sealed class TenantStoreTests : IAsyncLifetime
{
    private const string Inbox = "inbox@own.test";
    private AzuriteServer azurite = null!;
    private ServerProcess server = null!;
    private BlobContainerClient container = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var (started, reason) = await AzuriteServer.TryStartAsync();
        Assert.SkipWhen(started is null, reason ?? "");
        azurite = started!;
        container = new BlobContainerClient(azurite.ConnectionString, "own");
        await container.CreateAsync(cancellationToken: Cancel);
        await AllowAsync("first");
        server = await ServerProcess.StartAsync(new ServerSettings { Development = true });
        await server.Api.PutTenantAsync("own", Settings(SasOf("first")));
        await server.Api.PutDomainAsync("own", "own.test");
        await server.Api.PutMailboxAsync("own", "own.test", "inbox");
        await server.Api.ProvisionAsync("shared", "shared.test", "inbox");
    }

    public async ValueTask DisposeAsync()
    {
        if (server is not null)
            await server.DisposeAsync();
        if (azurite is not null)
            await azurite.DisposeAsync();
    }

    [Fact]
    public async Task Mail_large_and_small_is_in_the_tenants_container_and_nowhere_else_and_survives_a_kill()
    {
        var large = Message.Create(new string('x', 60) + "large")[..^2].Concat(Enumerable.Repeat("0123456789abcdef\r\n"u8.ToArray(), 20_000).SelectMany(line => line)).ToArray();
        var ids = new List<string>();
        using (var talk = await SmtpTalk.ConnectAsync(server.Smtp))
        {
            ids.Add(await talk.DeliverAsync(Message.Sender, Inbox, Message.Create("small")));
            ids.Add(await talk.DeliverAsync(Message.Sender, Inbox, large));
        }

        await server.KillAsync();
        await server.RestartAsync();

        Assert.Equal(ids, (await server.Api.ListAsync("own", Inbox)).Select(item => item.Id));
        Assert.Equal(large, RawMessage.Parse(await server.Api.RawAsync("own", ids[1])).Content);
        var blobs = await container.GetBlobsAsync(cancellationToken: Cancel).Select(b => b.Name).ToListAsync(Cancel);
        Assert.Contains(blobs, name => name.StartsWith("wal/p000/", StringComparison.Ordinal));
        Assert.Contains(blobs, name => name.Contains("/obj/", StringComparison.Ordinal));
        Assert.DoesNotContain(Directory.EnumerateFiles(server.DataFolder, "*", SearchOption.AllDirectories), f => f.Contains("/obj/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_revoked_signature_or_a_deleted_container_defers_its_tenant_alone_until_it_is_mended()
    {
        using (var talk = await SmtpTalk.ConnectAsync(server.Smtp))
            await talk.DeliverAsync(Message.Sender, Inbox, Message.Create("before"));
        await AllowAsync("second"); // and the first no longer
        Assert.False(await DeliversAsync("revoked"));
        await AssertSharedGoesOnAsync("while revoked");

        await server.Api.PutTenantAsync("own", Settings(SasOf("second")));

        await Eventually.TrueAsync(() => DeliversAsync("revoked"), "mail flows with the new signature");
        Assert.Equal(["before", "revoked"], (await server.Api.ListAsync("own", Inbox)).Select(item => item.Headers.Subject));

        await container.DeleteAsync(cancellationToken: Cancel);
        Assert.False(await DeliversAsync("deleted"));
        await AssertSharedGoesOnAsync("while deleted");
        Assert.Equal(HttpStatusCode.OK, await server.Api.ReadinessAsync());
        Assert.DoesNotContain(SasOf("second").Split("sig=")[1].Split('&')[0], server.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_signature_is_taken_and_never_shown_and_the_place_is_fixed()
    {
        var text = await server.Api.Http.GetStringAsync("/v1/tenants/own", Cancel);
        var store = JsonNode.Parse(text)!["store"]!;
        Assert.Null(store["sas"]);
        Assert.True((bool)store["hasSas"]!);
        Assert.DoesNotContain("sig=", text, StringComparison.Ordinal);
        Assert.DoesNotContain("sig=", await server.Api.Http.GetStringAsync("/v1/tenants", Cancel), StringComparison.Ordinal);

        await server.Api.PutAsync("/v1/tenants/own", JsonNode.Parse(text)!); // as it was read
        await AssertRefusedAsync(new { }, "store");
        await AssertRefusedAsync(new { store = new { account = Account, container = "other" } }, "store");
        await AssertRefusedAsync(new { store = new { account = Account, container = "own" }, encryption = new { key = "file:acme" } }, "encryption");
        Assert.True(await DeliversAsync("still"));
    }

    private string Account => new BlobUriBuilder(container.Uri) { BlobContainerName = "" }.ToUri().ToString().TrimEnd('/');

    private object Settings(string sas) => new { store = new { account = Account, container = "own", sas } };

    private Task AllowAsync(string policy) => container.SetAccessPolicyAsync(permissions:
    [
        new BlobSignedIdentifier { Id = policy, AccessPolicy = new BlobAccessPolicy { Permissions = "racwdl", PolicyExpiresOn = DateTimeOffset.UtcNow.AddHours(1) } },
    ]);

    private string SasOf(string policy) =>
        container.GenerateSasUri(new BlobSasBuilder { BlobContainerName = "own", Resource = "c", Identifier = policy }).Query[1..];

    private async Task AssertSharedGoesOnAsync(string subject)
    {
        using var talk = await SmtpTalk.ConnectAsync(server.Smtp);
        await talk.DeliverAsync(Message.Sender, "inbox@shared.test", Message.Create(subject));
    }

    private async Task<bool> DeliversAsync(string subject)
    {
        using var talk = await SmtpTalk.ConnectAsync(server.Smtp);
        await talk.SayAsync($"MAIL FROM:<{Message.Sender}>", "250");
        await talk.SendAsync(System.Text.Encoding.ASCII.GetBytes($"RCPT TO:<{Inbox}>\r\n"));
        if (await talk.ReadReplyAsync() is var refusal && !refusal.StartsWith("250", StringComparison.Ordinal))
        {
            Assert.StartsWith("451 4.3.0", refusal, StringComparison.Ordinal);
            return false;
        }

        await talk.SayAsync("DATA", "354");
        await talk.SendAsync(DotStuffing.Encode(Message.Create(subject, $"{subject}@sender.test")));
        var reply = await talk.ReadReplyAsync();
        Assert.True(reply.StartsWith("250", StringComparison.Ordinal) || reply.StartsWith("451 4.3.0", StringComparison.Ordinal), reply);
        return reply.StartsWith("250", StringComparison.Ordinal);
    }

    private async Task AssertRefusedAsync(object settings, string field)
    {
        using var response = await server.Api.Http.PutAsJsonAsync("/v1/tenants/own", settings, Cancel);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, response.StatusCode);
        var problem = JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancel))!;
        Assert.Equal(("value_invalid", field), ((string)problem["code"]!, (string)problem["field"]!));
    }
}
