using System.Net;
using System.Text.Json.Nodes;
using OrleansMail.Contracts;
using OrleansMail.Contracts.Tenants;

namespace OrleansMail.Server.Tests.Api;

public sealed class RetentionTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    private const string Tenant = "/v1/tenants/demo";

    [Fact]
    public async Task Days_and_hold_are_shown_as_they_were_set()
    {
        (await api.PutAsync("/v1/tenants/kept", """{"policy":{"retentionDays":30,"legalHold":true}}""")).EnsureSuccessStatusCode();
        Assert.Equal("""{"retentionDays":30,"legalHold":true}""", (await api.GetAsync("/v1/tenants/kept"))["policy"]!.ToJsonString());
        (await api.PutAsync($"{Tenant}/domains/days.test", """{"retentionDays":14}""")).EnsureSuccessStatusCode();
        var domain = await api.GetAsync($"{Tenant}/domains/days.test");
        Assert.Equal((14, false), ((int)domain["retentionDays"]!, (bool)domain["legalHold"]!));
    }

    [Fact]
    public async Task A_mailbox_shows_the_days_that_were_set_and_those_that_count()
    {
        const string path = $"{ApiFixture.Demo}/mailboxes/days";
        foreach (var (body, days, counting) in new (string, int?, int)[] { ("""{"retentionDays":9}""", 9, 9), ("{}", null, 99) })
        {
            (await api.PutAsync(path, body)).EnsureSuccessStatusCode();
            var mailbox = await api.GetAsync(path);
            Assert.Equal((days, counting), ((int?)mailbox["retentionDays"], (int)mailbox["effectiveRetention"]!));
        }
    }

    [Theory, InlineData("/v1/tenants/held", """{"policy":{"legalHold":true}}"""), InlineData($"{Tenant}/domains/held.test", """{"legalHold":true}""")]
    public async Task What_is_held_is_not_deleted(string path, string body)
    {
        (await api.PutAsync(path, body)).EnsureSuccessStatusCode();
        using var refused = await api.SendAsync(HttpMethod.Delete, path);
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        Assert.Equal("legal_hold", (string)JsonNode.Parse(await refused.Content.ReadAsStringAsync())!["code"]!);
        (await api.PutAsync(path, body.Replace("true", "false", StringComparison.Ordinal))).EnsureSuccessStatusCode();
        Assert.Equal(HttpStatusCode.NoContent, (await api.SendAsync(HttpMethod.Delete, path)).StatusCode);
    }

    [Fact]
    public async Task What_would_have_to_finish_a_deletion_first_is_refused_under_a_hold()
    {
        (await api.PutAsync("/v1/tenants/left", "{}")).EnsureSuccessStatusCode();
        api.Cluster.Tenant("left").IsLeftUnderHold = true;
        foreach (var path in (string[])["/v1/tenants/left", "/v1/tenants/left/domains/left.test"])
        {
            using var refused = await api.PutAsync(path, "{}");
            var problem = JsonNode.Parse(await refused.Content.ReadAsStringAsync())!;
            Assert.Equal((HttpStatusCode.Conflict, "legal_hold"), (refused.StatusCode, (string)problem["code"]!));
            Assert.StartsWith("Its deletion has begun", (string)problem["detail"]!, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_tenants_key_neither_lifts_a_hold_nor_sets_one_and_changes_the_rest()
    {
        var (_, secret) = await api.NewKeyAsync();
        var path = $"{Tenant}/domains/hold.test";
        (await api.PutAsync(path, """{"legalHold":true}""")).EnsureSuccessStatusCode();
        Assert.Equal(HttpStatusCode.Forbidden, (await api.SendAsAsync(secret, HttpMethod.Put, path, """{"legalHold":false}""")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await api.SendAsAsync(secret, HttpMethod.Put, $"{Tenant}/domains/mine.test", """{"legalHold":true}""")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await api.SendAsAsync(secret, HttpMethod.Put, path, """{"retentionDays":3}""")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await api.SendAsAsync(secret, HttpMethod.Put, path, """{"retentionDays":3,"legalHold":true}""")).StatusCode);
        Assert.True((bool)(await api.GetAsync(path))["legalHold"]!);
        Assert.Equal(HttpStatusCode.Conflict, (await api.SendAsAsync(secret, HttpMethod.Delete, path)).StatusCode);
    }

    [Fact]
    public async Task A_deleted_message_is_not_found_and_deleting_it_again_succeeds()
    {
        var (name, list) = await api.NewMailboxAsync();
        var path = $"{Tenant}/messages/{api.Deliver(name)}";
        Assert.Equal(HttpStatusCode.NoContent, (await api.SendAsync(HttpMethod.Delete, path)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await api.Client.GetAsync(path)).StatusCode);
        Assert.Empty((JsonArray)(await api.GetAsync(list))["items"]!);
        Assert.Equal(HttpStatusCode.NoContent, (await api.SendAsync(HttpMethod.Delete, path)).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await api.SendAsync(HttpMethod.Delete, $"{Tenant}/messages/none")).StatusCode);
    }

    [Fact]
    public async Task A_key_that_may_only_read_mail_deletes_none()
    {
        var (name, _) = await api.NewMailboxAsync();
        var path = $"{Tenant}/messages/{api.Deliver(name)}";
        var (_, reader) = await api.NewKeyAsync(scopes: "mail:read");
        Assert.Equal(HttpStatusCode.Forbidden, (await api.SendAsAsync(reader, HttpMethod.Delete, path)).StatusCode);
        var (_, writer) = await api.NewKeyAsync(scopes: "mailboxes:write");
        Assert.Equal(HttpStatusCode.NoContent, (await api.SendAsAsync(writer, HttpMethod.Delete, path)).StatusCode);
    }

    [Fact]
    public async Task Removals_are_listed_page_by_page_for_the_operator_alone()
    {
        var removals = Enumerable.Range(1, 3).Select(day => new TenantRemoval(
            TenantId.Parse($"gone-{day}"), Incarnation.Create(TimeProvider.System), DateTimeOffset.UnixEpoch, day == 1 ? DateTimeOffset.UnixEpoch.AddDays(1) : null, day, 10 * day)).ToArray();
        api.Cluster.Removals.Items.AddRange(removals);
        var first = await api.GetAsync("/v1/removals?limit=2");
        var second = await api.GetAsync($"/v1/removals?limit=2&cursor={first["next"]}");
        JsonNode?[] all = [.. (JsonArray)first["items"]!, .. (JsonArray)second["items"]!];
        Assert.Equal(["gone-1", "gone-2", "gone-3"], all.Select(r => (string)r!["tenant"]!).Order());
        var finished = all.Single(r => (string)r!["tenant"]! == "gone-1")!;
        var expected = JsonNode.Parse(
            $$"""{"tenant":"gone-1","incarnation":"{{removals[0].Incarnation}}","requestedAt":"1970-01-01T00:00:00+00:00","finishedAt":"1970-01-02T00:00:00+00:00","objects":1,"bytes":10}""");
        Assert.Equal(expected!.ToJsonString(), finished.ToJsonString());
        var (_, secret) = await api.NewKeyAsync();
        Assert.Equal(HttpStatusCode.Forbidden, (await api.SendAsAsync(secret, HttpMethod.Get, "/v1/removals")).StatusCode);
    }
}
