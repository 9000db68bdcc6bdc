using System.Net;
using System.Text.Json.Nodes;
using OrleansMail.Contracts.Storage;

namespace OrleansMail.Server.Tests.Api;

public sealed class ProvisioningTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    public static TheoryData<string, string> Resources => new()
    {
        { "/v1/tenants/fresh", "{}" },
        { "/v1/tenants/demo/domains/fresh.test", "{}" },
        { $"{ApiFixture.Demo}/mailboxes/fresh", "{}" },
        { $"{ApiFixture.Demo}/aliases/fresh-*", """{"targets":["inbox@demo.test"]}""" },
    };

    [Theory, MemberData(nameof(Resources))]
    public async Task A_put_creates_then_updates_and_a_delete_succeeds_twice(string path, string body)
    {
        using var created = await api.PutAsync(path, body);
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await api.Client.GetAsync(created.Headers.Location)).StatusCode);
        using var updated = await api.PutAsync(path, body);
        Assert.Equal(HttpStatusCode.OK, updated.StatusCode);
        Assert.NotEqual(created.Headers.ETag, updated.Headers.ETag);
        Assert.Equal(HttpStatusCode.NoContent, (await api.SendAsync(HttpMethod.Delete, path)).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await api.SendAsync(HttpMethod.Delete, path)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await api.Client.GetAsync(path)).StatusCode);
    }

    [Theory, MemberData(nameof(Resources))]
    public async Task If_match_lets_only_the_version_that_was_seen_be_changed(string path, string body)
    {
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await api.PutAsync(path, body, ifMatch: "*")).StatusCode);
        using var created = await api.PutAsync(path, body);
        var old = created.Headers.ETag!.ToString();
        using var second = await api.PutAsync(path, body, ifMatch: old);
        Assert.Equal(HttpStatusCode.OK, second.StatusCode);
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await api.PutAsync(path, body, ifMatch: old)).StatusCode);
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await api.PutAsync(path, body, ifMatch: "W/" + second.Headers.ETag)).StatusCode);
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await api.SendAsync(HttpMethod.Delete, path, ifMatch: old)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await api.PutAsync(path, body, ifMatch: $"{old}, {second.Headers.ETag}")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await api.PutAsync(path, body, ifMatch: "*")).StatusCode);
        var current = (await api.Client.GetAsync(path)).Headers.ETag!.ToString();
        Assert.Equal(HttpStatusCode.NoContent, (await api.SendAsync(HttpMethod.Delete, path, ifMatch: current)).StatusCode);
    }

    [Theory, MemberData(nameof(Resources))]
    public async Task What_was_read_can_be_sent_back(string path, string body)
    {
        (await api.PutAsync(path, body)).EnsureSuccessStatusCode();
        var shown = await api.GetAsync(path);
        (await api.PutAsync(path, shown.ToJsonString())).EnsureSuccessStatusCode();
        Assert.Equal(shown.ToJsonString(), (await api.GetAsync(path)).ToJsonString());
        (await api.SendAsync(HttpMethod.Delete, path)).EnsureSuccessStatusCode();
    }

    [Theory, MemberData(nameof(Resources))]
    public async Task A_change_is_told_to_this_silo_before_it_is_answered(string path, string body)
    {
        var tenant = path.Split('/')[3];
        var domain = path.Split('/').ElementAtOrDefault(5);
        api.Changes.Clear();
        await api.PutAsync(path, body, ifMatch: "\"wrong\"");
        Assert.Empty(api.Changes);
        await api.PutAsync(path, body);
        Assert.Equal((tenant, domain), Assert.Single(api.Changes));
        api.Changes.Clear();
        await api.SendAsync(HttpMethod.Delete, path);
        Assert.Equal((tenant, domain), Assert.Single(api.Changes));
    }

    [Theory]
    [InlineData("a%2Fb", "a/b")]
    [InlineData("a%252Fb", "a%2Fb")]
    [InlineData("a+b", "a+b")]
    [InlineData("a%20b", "\"a b\"")]
    [InlineData("%22a%20b%22", "\"a b\"")]
    [InlineData("%22plain%22", "plain")]
    [InlineData("gr%C3%BC%C3%9Fe", "grüße")]
    [InlineData("a%3Fb%23c", "a?b#c")]
    [InlineData("a@b", "\"a@b\"")]
    public async Task A_local_part_in_a_path_is_what_was_encoded(string segment, string shown)
    {
        using var put = await api.PutAsync($"{ApiFixture.Demo}/mailboxes/{segment}", "{}");
        put.EnsureSuccessStatusCode();
        Assert.Equal($"{shown}@demo.test", (string)(await api.GetAsync($"{ApiFixture.Demo}/mailboxes/{segment}"))["address"]!);
        var messages = await api.GetAsync($"/v1/tenants/demo/mailboxes/{Uri.EscapeDataString($"{shown}@demo.test")}/messages");
        Assert.Empty(messages["items"]!.AsArray());
    }

    [Fact]
    public async Task A_tenant_is_shown_with_all_its_fields()
    {
        (await api.PutAsync("/v1/tenants/whole", """{"displayName":"Grüße","status":"suspended","limits":{"mailboxes":7}}""")).EnsureSuccessStatusCode();
        Assert.Equal(
            """{"id":"whole","displayName":"Grüße","status":"suspended","limits":{"maxMessageBytes":null,"messagesPerDay":null,"storageBytes":null,"mailboxes":7},"policy":{"retentionDays":null,"legalHold":false},"store":null,"encryption":null}""",
            await api.Client.GetStringAsync("/v1/tenants/whole"));
    }

    [Fact]
    public async Task A_pending_domain_shows_its_challenge_until_it_is_verified()
    {
        const string path = "/v1/tenants/demo/domains/pending.test";
        var pending = JsonNode.Parse(await (await api.PutAsync(path, """{"catchAll":"inbox","subaddressing":null}""")).Content.ReadAsStringAsync())!;
        Assert.Equal("pending", (string)pending["status"]!);
        Assert.Equal("""{"type":"TXT","name":"pending.test","value":"proof"}""", pending["challenge"]!.ToJsonString());
        Assert.Equal("inbox", (string)pending["catchAll"]!);
        Assert.Null(pending["subaddressing"]);
        using var verified = await api.SendAsync(HttpMethod.Post, $"{path}/verify");
        Assert.Equal("verified", (string)JsonNode.Parse(await verified.Content.ReadAsStringAsync())!["status"]!);
    }

    [Fact]
    public async Task A_put_without_a_body_takes_the_defaults()
    {
        using var response = await api.SendAsync(HttpMethod.Put, "/v1/tenants/demo/domains/bare.test");
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal("+", (string)(await api.GetAsync("/v1/tenants/demo/domains/bare.test"))["subaddressing"]!);
    }

    [Theory]
    [InlineData("/v1/tenants", "id")]
    [InlineData("/v1/tenants/paged/domains", "name")]
    [InlineData("/v1/tenants/paged/domains/d0.test/mailboxes", "address")]
    [InlineData("/v1/tenants/paged/domains/d0.test/aliases", "alias")]
    public async Task Pages_together_hold_each_item_once_and_the_cursor_finds_what_comes_later(string list, string name)
    {
        await api.PutAsync("/v1/tenants/paged", "{}");
        for (var i = 0; i < 5; i++)
        {
            await api.PutAsync($"/v1/tenants/paged-{i}", "{}");
            await api.PutAsync($"/v1/tenants/paged/domains/d{i}.test", "{}");
            await api.PutAsync($"/v1/tenants/paged/domains/d0.test/mailboxes/M{i}", "{}");
            await api.PutAsync($"/v1/tenants/paged/domains/d0.test/aliases/a{i}", """{"targets":["inbox@demo.test"]}""");
        }

        var whole = (await api.GetAsync(list))["items"]!.AsArray().Select(i => (string)i![name]!).ToList();
        var paged = new List<string>();
        string? next = null, cursor;
        do
        {
            var page = await api.GetAsync($"{list}?limit=2{(next is null ? "" : $"&cursor={next}")}");
            paged.AddRange(page["items"]!.AsArray().Select(i => (string)i![name]!));
            (next, cursor) = ((string?)page["next"], (string?)page["cursor"]);
        }
        while (next is not null);
        Assert.Equal(whole, paged);
        Assert.True(paged.Count >= 5);
        Assert.Empty((await api.GetAsync($"{list}?cursor={cursor}"))["items"]!.AsArray());
        Assert.Equal(HttpStatusCode.BadRequest, (await api.Client.GetAsync($"/v1/tenants/demo/domains?cursor={cursor}")).StatusCode);
    }

    [Fact]
    public async Task The_root_says_what_this_is_and_where_to_go_on()
    {
        using var anonymous = new HttpClient { BaseAddress = api.Address };
        var root = JsonNode.Parse(await anonymous.GetStringAsync("/"))!;
        Assert.Equal("OrleansMail", (string)root["name"]!);
        Assert.Matches(@"^\d+\.\d+", (string)root["version"]!);
        foreach (var path in new[] { "docs", "openapi", "live", "ready" })
            Assert.Equal(HttpStatusCode.OK, (await anonymous.GetAsync((string)root["links"]![path]!)).StatusCode);
    }

    [Theory]
    [InlineData(StoreCondition.Unavailable)]
    [InlineData(StoreCondition.Full)]
    public async Task Not_ready_while_the_store_takes_no_mail_but_alive(StoreCondition condition)
    {
        api.Store = condition;
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await api.Client.GetAsync("/health/ready")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await api.Client.GetAsync("/health/live")).StatusCode);
        api.Store = StoreCondition.Healthy;
        Assert.Equal(HttpStatusCode.OK, (await api.Client.GetAsync("/health/ready")).StatusCode);
    }
}
