using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using OrleansMail.Testing.Processes;

namespace OrleansMail.Server.Tests.WholeSystem;

/// <summary>Tenants' keys with everything behind them.</summary>
public sealed class KeyTests(RunningServer server) : IClassFixture<RunningServer>
{
    [Fact]
    public async Task A_key_works_for_its_tenant_until_it_is_deleted()
    {
        await server.Api.ProvisionAsync("keyed", "keyed.test", "inbox");
        await server.Api.ProvisionAsync("neighbour", "neighbour.test", "inbox");
        using (var talk = await server.ConnectAsync())
            await talk.DeliverAsync(Message.Sender, "inbox@keyed.test", Message.Create("for the key"));
        var (id, secret) = await CreateAsync("keyed", """{"name":"reader","scopes":["mail:read"]}""");
        using var client = new MailApi(server.Process.Http, secret);

        Assert.Equal("for the key", Assert.Single(await client.ListAsync("keyed", "inbox@keyed.test")).Headers.Subject);
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(client, "/v1/tenants/keyed/domains"));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(client, "/v1/tenants/neighbour"));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(client, "/v1/tenants/neighbour/mailboxes/inbox%40neighbour.test/messages"));

        await server.Api.DeleteAsync($"/v1/tenants/keyed/keys/{id}");

        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(client, "/v1/tenants/keyed"));
    }

    [Fact]
    public async Task A_tenant_that_is_made_again_does_not_know_its_predecessors_keys()
    {
        await server.Api.PutTenantAsync("phoenix");
        var (_, secret) = await CreateAsync("phoenix", """{"name":"all"}""");
        using var client = new MailApi(server.Process.Http, secret);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(client, "/v1/tenants/phoenix"));

        await server.Api.DeleteAsync("/v1/tenants/phoenix");
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(client, "/v1/tenants/phoenix"));
        await server.Api.PutTenantAsync("phoenix");

        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(client, "/v1/tenants/phoenix"));
        var list = JsonNode.Parse(await server.Api.Http.GetStringAsync("/v1/tenants/phoenix/keys"))!;
        Assert.Empty(list["items"]!.AsArray());
    }

    [Fact]
    public async Task A_secret_stands_neither_in_the_log_nor_in_the_store()
    {
        await server.Api.PutTenantAsync("discreet");
        var (_, secret) = await CreateAsync("discreet", """{"name":"all"}""");
        using var client = new MailApi(server.Process.Http, secret);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(client, "/v1/tenants/discreet"));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(client, "/v1/tenants/nobody/keys"));

        Assert.DoesNotContain(secret, server.Process.Output, StringComparison.Ordinal);
        foreach (var file in Directory.EnumerateFiles(server.Process.DataFolder, "*", SearchOption.AllDirectories).Where(f => f.Contains("/state/", StringComparison.Ordinal)))
            Assert.DoesNotContain(secret[4..], file + await File.ReadAllTextAsync(file), StringComparison.Ordinal);
    }

    private async Task<(string Id, string Secret)> CreateAsync(string tenant, string body)
    {
        using var response = await server.Api.Http.PostAsync($"/v1/tenants/{tenant}/keys", JsonContent.Create(JsonNode.Parse(body)));
        var created = JsonNode.Parse(await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync())!;
        return ((string)created["id"]!, (string)created["secret"]!);
    }

    private static async Task<HttpStatusCode> StatusAsync(MailApi client, string path)
    {
        using var response = await client.Http.GetAsync(path);
        return response.StatusCode;
    }
}
