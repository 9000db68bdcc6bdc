using System.Net;
using System.Text.Json.Nodes;

namespace OrleansMail.Server.Tests.Api;

public sealed class KeepingTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    [Fact]
    public async Task A_deleted_message_is_gone_and_deleting_it_again_succeeds()
    {
        var (mailbox, messages) = await api.NewMailboxAsync();
        var path = $"/v1/tenants/demo/messages/{api.Deliver(mailbox)}";
        for (var i = 0; i < 2; i++)
        {
            using var deleted = await api.SendAsync(HttpMethod.Delete, path);
            Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        }

        using var gone = await api.Client.GetAsync(path);
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
        Assert.Empty((await api.GetAsync(messages))["items"]!.AsArray());
    }

    [Fact]
    public async Task A_key_that_only_reads_deletes_nothing()
    {
        var (mailbox, _) = await api.NewMailboxAsync();
        var path = $"/v1/tenants/demo/messages/{api.Deliver(mailbox)}";
        using var refused = await api.SendAsAsync((await api.NewKeyAsync(scopes: "mail:read")).Secret, HttpMethod.Delete, path);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        (await api.Client.GetAsync(path)).EnsureSuccessStatusCode();
    }

    [Fact]
    public async Task A_tenants_key_can_neither_lift_nor_drop_a_hold()
    {
        const string path = "/v1/tenants/demo/domains/held.test";
        (await api.PutAsync(path, """{"legalHold":true}""")).EnsureSuccessStatusCode();
        var secret = (await api.NewKeyAsync(scopes: "domains:read domains:write")).Secret;
        using var lifted = await api.SendAsAsync(secret, HttpMethod.Put, path, """{"legalHold":false}""");
        Assert.Equal(HttpStatusCode.Forbidden, lifted.StatusCode);
        foreach (var body in new[] { """{"retentionDays":5}""", """{"legalHold":true}""" })
            (await api.SendAsAsync(secret, HttpMethod.Put, path, body)).EnsureSuccessStatusCode();
        Assert.True((bool)(await api.GetAsync(path))["legalHold"]!);
        using var deleted = await api.SendAsAsync(secret, HttpMethod.Delete, path);
        Assert.Equal(HttpStatusCode.Conflict, deleted.StatusCode);
        Assert.Equal("legal_hold", (string)JsonNode.Parse(await deleted.Content.ReadAsStringAsync())!["code"]!);
    }
}
