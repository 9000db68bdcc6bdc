using System.Net;
using System.Text.Json.Nodes;

namespace OrleansMail.Server.Tests.Api;

/// <summary>Making, showing and ending tenants' keys.</summary>
public sealed class KeyTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    private const string Keys = "/v1/tenants/demo/keys";

    [Fact]
    public async Task A_key_is_made_with_a_secret_that_is_shown_once()
    {
        using var response = await api.SendAsync(HttpMethod.Post, Keys, """{"name":"Billing","scopes":["mail:submit","mail:read","mail:submit"],"expiresAt":"2999-01-02T03:04:05+01:00"}""");
        var created = await JsonAsync(response, HttpStatusCode.Created);

        Assert.Matches("^omk_[A-Za-z0-9_-]{43}$", (string)created["secret"]!);
        Assert.Equal("no-store", response.Headers.CacheControl!.ToString());
        Assert.Equal($"{Keys}/{created["id"]}", response.Headers.Location!.ToString());
        using var shown = await api.Client.GetAsync(response.Headers.Location);
        var key = await JsonAsync(shown, HttpStatusCode.OK);
        Assert.Equal(response.Headers.ETag, shown.Headers.ETag);
        Assert.Equal("""["mail:submit","mail:read"]""", key["scopes"]!.ToJsonString());
        Assert.Equal(("Billing", "2999-01-02T02:04:05+00:00"), ((string)key["name"]!, (string)key["expiresAt"]!));
        created.AsObject().Remove("secret");
        Assert.Equal(created.ToJsonString(), key.ToJsonString());
        Assert.DoesNotContain("omk_", (await api.GetAsync(Keys)).ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Scopes_that_are_left_out_are_all_of_them_and_an_empty_list_is_none()
    {
        var all = await JsonAsync(await api.SendAsync(HttpMethod.Post, Keys, """{"name":"k"}"""), HttpStatusCode.Created);
        var alsoAll = await JsonAsync(await api.SendAsync(HttpMethod.Post, Keys, """{"name":"k","scopes":null}"""), HttpStatusCode.Created);
        var none = await JsonAsync(await api.SendAsync(HttpMethod.Post, Keys, """{"name":"k","scopes":[]}"""), HttpStatusCode.Created);

        Assert.Equal("""["mail:submit","mail:read","domains:read","domains:write","mailboxes:read","mailboxes:write","keys:read","keys:write"]""", all["scopes"]!.ToJsonString());
        Assert.Equal(all["scopes"]!.ToJsonString(), alsoAll["scopes"]!.ToJsonString());
        Assert.Empty(none["scopes"]!.AsArray());
        Assert.Null(none["expiresAt"]);
    }

    [Fact]
    public async Task A_deleted_key_is_worth_nothing_at_once()
    {
        var (id, secret) = await api.NewKeyAsync();
        Assert.Equal(HttpStatusCode.OK, (await api.SendAsAsync(secret, HttpMethod.Get, "/v1/tenants/demo")).StatusCode);
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await api.SendAsync(HttpMethod.Delete, $"{Keys}/{id}", ifMatch: "\"another\"")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await api.SendAsAsync(secret, HttpMethod.Get, "/v1/tenants/demo")).StatusCode);

        Assert.Equal(HttpStatusCode.NoContent, (await api.SendAsync(HttpMethod.Delete, $"{Keys}/{id}")).StatusCode);

        Assert.Equal(HttpStatusCode.Unauthorized, (await api.SendAsAsync(secret, HttpMethod.Get, "/v1/tenants/demo")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await api.Client.GetAsync($"{Keys}/{id}")).StatusCode);
    }

    [Theory]
    [InlineData("01K2Z9V4T8N6W3Q5R7Y1B0C2D4", null, HttpStatusCode.NoContent)]
    [InlineData("nonsense", null, HttpStatusCode.NoContent)]
    [InlineData("nonsense", "*", HttpStatusCode.PreconditionFailed)]
    [InlineData("nonsense", "\"K-1\"", HttpStatusCode.PreconditionFailed)]
    public async Task Deleting_a_key_that_is_not_there_succeeds_unless_a_version_was_asked_for(string id, string? ifMatch, HttpStatusCode expected) =>
        Assert.Equal(expected, (await api.SendAsync(HttpMethod.Delete, $"{Keys}/{id}", ifMatch: ifMatch)).StatusCode);

    [Fact]
    public async Task An_id_has_one_spelling()
    {
        var (id, _) = await api.NewKeyAsync();
        Assert.Equal(HttpStatusCode.OK, (await api.Client.GetAsync($"{Keys}/{id}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await api.Client.GetAsync($"{Keys}/{id.ToLowerInvariant()}")).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await api.Client.DeleteAsync($"{Keys}/{id.ToLowerInvariant()}")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await api.Client.GetAsync($"{Keys}/{id}")).StatusCode);
    }

    [Fact]
    public async Task Keys_are_listed_page_by_page()
    {
        await api.PutAsync("/v1/tenants/pages", "{}");
        var made = new List<string>();
        for (var i = 0; i < 3; i++)
            made.Add((await api.NewKeyAsync("pages")).Id);
        var first = await api.GetAsync("/v1/tenants/pages/keys?limit=2");
        var second = await api.GetAsync($"/v1/tenants/pages/keys?limit=2&cursor={first["next"]}");

        Assert.Equal(made.Order(StringComparer.Ordinal), [.. Ids(first), .. Ids(second)]);
        Assert.Null(second["next"]);
        Assert.NotNull(second["cursor"]);
        using var elsewhere = await api.Client.GetAsync($"{Keys}?cursor={first["next"]}");
        Assert.Equal(HttpStatusCode.BadRequest, elsewhere.StatusCode);
    }

    [Fact]
    public async Task A_key_gives_no_more_than_it_has()
    {
        var (_, secret) = await api.NewKeyAsync(scopes: "keys:write mail:read");

        await AssertAsync("""{"name":"k","scopes":["mail:read"]}""", HttpStatusCode.Created, null);
        await AssertAsync("""{"name":"k","scopes":["mail:read","keys:write"]}""", HttpStatusCode.Created, null);
        await AssertAsync("""{"name":"k","scopes":[]}""", HttpStatusCode.Created, null);
        await AssertAsync("""{"name":"k","scopes":["mail:read","mail:submit"]}""", HttpStatusCode.Forbidden, "scopes");
        await AssertAsync("""{"name":"k","scopes":["keys:read"]}""", HttpStatusCode.Forbidden, "scopes");
        await AssertAsync("""{"name":"k"}""", HttpStatusCode.Forbidden, "scopes"); // all of the tenant's

        async Task AssertAsync(string body, HttpStatusCode status, string? field) =>
            Assert.Equal(field, (string?)(await JsonAsync(await api.SendAsAsync(secret, HttpMethod.Post, Keys, body), status))["field"]);
    }

    [Fact]
    public async Task A_key_that_expires_gives_none_that_lasts_longer()
    {
        var (_, secret) = await api.NewKeyAsync(expiresAt: new DateTimeOffset(2999, 1, 1, 0, 0, 0, TimeSpan.Zero));

        await AssertAsync("""{"name":"k","expiresAt":"2999-01-01T00:00:00Z"}""", HttpStatusCode.Created, null);
        await AssertAsync("""{"name":"k","expiresAt":"2999-01-01T00:00:01Z"}""", HttpStatusCode.Forbidden, "expiresAt");
        await AssertAsync("""{"name":"k"}""", HttpStatusCode.Forbidden, "expiresAt");

        async Task AssertAsync(string body, HttpStatusCode status, string? field) =>
            Assert.Equal(field, (string?)(await JsonAsync(await api.SendAsAsync(secret, HttpMethod.Post, Keys, body), status))["field"]);
    }

    private static IEnumerable<string> Ids(JsonNode page) => page["items"]!.AsArray().Select(i => (string)i!["id"]!);

    private static async Task<JsonNode> JsonAsync(HttpResponseMessage response, HttpStatusCode expected)
    {
        using (response)
        {
            var text = await response.Content.ReadAsStringAsync();
            Assert.True(response.StatusCode == expected, $"{response.StatusCode}: {text}");
            return JsonNode.Parse(text)!;
        }
    }
}
