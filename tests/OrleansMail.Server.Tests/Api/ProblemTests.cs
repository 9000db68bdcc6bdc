using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Reflection;
using System.Text;
using System.Text.Json.Nodes;
using OrleansMail.Contracts.Storage;
using OrleansMail.Server.Api.Problems;

namespace OrleansMail.Server.Tests.Api;

public sealed class ProblemTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    private static readonly string TooMuch = $$"""{"displayName":"{{new string('x', 70_000)}}"}""";

    /// <summary>Requests that need nothing but themselves: method, path, body, code, field.</summary>
    public static TheoryData<string, string, string?, string, string?> Plain => new()
    {
        { "GET", "/nothing", null, "route_not_found", null },
        { "GET", "/v1/nothing", null, "route_not_found", null },
        { "PATCH", "/v1/tenants", null, "method_not_allowed", null },
        { "GET", "/forbidden", null, "forbidden", null },
        { "GET", "/broken", null, "internal_error", null },
        { "GET", "/v1/tenants/Demo", null, "id_invalid", "tenant" },
        { "PUT", "/v1/tenants/demo/domains/-x-", "{}", "id_invalid", "domain" },
        { "PUT", $"{ApiFixture.Demo}/mailboxes/a%07b", "{}", "id_invalid", "mailbox" },
        { "PUT", $"{ApiFixture.Demo}/aliases/*", "{}", "id_invalid", "alias" },
        { "GET", "/v1/tenants/demo/mailboxes/inbox/messages", null, "id_invalid", "address" },
        { "GET", "/v1/tenants/nobody", null, "tenant_not_found", null },
        { "GET", "/v1/tenants/nobody/domains", null, "tenant_not_found", null },
        { "PUT", "/v1/tenants/nobody/domains/demo.test", "{}", "tenant_not_found", null },
        { "GET", "/v1/tenants/nobody/domains/demo.test", null, "tenant_not_found", null },
        { "POST", "/v1/tenants/nobody/domains/demo.test/verify", null, "tenant_not_found", null },
        { "GET", "/v1/tenants/nobody/messages/x", null, "tenant_not_found", null },
        { "GET", "/v1/tenants/nobody/mailboxes/inbox%40demo.test/messages", null, "tenant_not_found", null },
        { "PUT", "/v1/tenants/nobody/domains/demo.test/mailboxes/x", "{}", "tenant_not_found", null },
        { "GET", "/v1/tenants/nobody/keys", null, "tenant_not_found", null },
        { "GET", "/v1/tenants/nobody/keys/x", null, "tenant_not_found", null },
        { "POST", "/v1/tenants/nobody/keys", """{"name":"k"}""", "tenant_not_found", null },
        { "GET", "/v1/tenants/demo/keys/x", null, "key_not_found", null },
        { "GET", "/v1/tenants/demo/keys/01K2Z9V4T8N6W3Q5R7Y1B0C2D4", null, "key_not_found", null },
        { "GET", "/v1/tenants/demo/keys/%C3%A91K2Z9V4T8N6W3Q5R7Y1B0C2D4", null, "key_not_found", null },
        { "GET", "/v1/tenants/demo/keys?limit=0", null, "parameter_invalid", "limit" },
        { "GET", "/v1/tenants/demo/keys?cursor=abc", null, "cursor_invalid", "cursor" },
        { "POST", "/v1/tenants/demo/keys", null, "json_invalid", null },
        { "POST", "/v1/tenants/demo/keys", """{"name":null}""", "json_invalid", "name" },
        { "POST", "/v1/tenants/demo/keys", """{"name":"k","scopes":"mail:read"}""", "json_invalid", "scopes" },
        { "POST", "/v1/tenants/demo/keys", """{"name":"k","expiresAt":"tomorrow"}""", "json_invalid", "expiresAt" },
        { "POST", "/v1/tenants/demo/keys", """{"name":"k","scope":["mail:read"]}""", "field_unknown", "scope" },
        { "POST", "/v1/tenants/demo/keys", """{"name":"k","scopes":["mail:read","mail:write"]}""", "value_invalid", "scopes" },
        { "POST", "/v1/tenants/demo/keys", """{"name":"k","scopes":["Mail:Read"]}""", "value_invalid", "scopes" },
        { "POST", "/v1/tenants/demo/keys", """{"name":"k","scopes":[null]}""", "value_invalid", "scopes" },
        { "POST", "/v1/tenants/demo/keys", """{"name":""}""", "value_invalid", "name" },
        { "POST", "/v1/tenants/demo/keys", """{"name":"k","expiresAt":"2020-01-01T00:00:00Z"}""", "value_invalid", "expiresAt" },
        { "GET", "/v1/tenants/demo/domains/other.test", null, "domain_not_found", null },
        { "GET", "/v1/tenants/demo/domains/other.test/mailboxes", null, "domain_not_found", null },
        { "PUT", "/v1/tenants/demo/domains/other.test/aliases/x", """{"targets":["inbox@demo.test"]}""", "domain_not_found", null },
        { "GET", $"{ApiFixture.Demo}/mailboxes/nobody", null, "mailbox_not_found", null },
        { "GET", "/v1/tenants/demo/mailboxes/nobody%40demo.test/messages", null, "mailbox_not_found", null },
        { "GET", $"{ApiFixture.Demo}/aliases/nobody", null, "alias_not_found", null },
        { "GET", "/v1/tenants/demo/messages/nonsense", null, "message_not_found", null },
        { "GET", "/v1/tenants/demo/messages/01K2Z9V4T8N6W3Q5R7Y1B0C2D4-1", null, "message_not_found", null },
        { "GET", "/v1/tenants/demo/messages/01K2Z9V4T8N6W3Q5R7Y1B0C2D4-9/raw", null, "message_not_found", null },
        { "GET", "/v1/tenants?limit=0", null, "parameter_invalid", "limit" },
        { "GET", "/v1/tenants?limit=-1", null, "parameter_invalid", "limit" },
        { "GET", "/v1/tenants?limit=ten", null, "parameter_invalid", "limit" },
        { "GET", "/v1/tenants?limit=1&limit=2", null, "parameter_invalid", "limit" },
        { "GET", "/v1/tenants/demo/mailboxes/inbox%40demo.test/messages?wait=1.5", null, "parameter_invalid", "wait" },
        { "GET", "/v1/tenants?cursor=", null, "cursor_invalid", "cursor" },
        { "GET", "/v1/tenants?cursor=%00", null, "cursor_invalid", "cursor" },
        { "GET", "/v1/tenants/demo/mailboxes/inbox%40demo.test/messages?cursor=abc", null, "cursor_invalid", "cursor" },
        { "PUT", "/v1/tenants/demo", "{", "json_invalid", null },
        { "PUT", "/v1/tenants/demo", "[]", "json_invalid", null },
        { "PUT", "/v1/tenants/demo", "null", "json_invalid", null },
        { "PUT", "/v1/tenants/demo", """{"displayName":"a","displayName":"b"}""", "json_invalid", null },
        { "PUT", "/v1/tenants/demo", """{"displayName":7}""", "json_invalid", "displayName" },
        { "PUT", "/v1/tenants/demo", """{"limits":{"mailboxes":"7"}}""", "json_invalid", "limits.mailboxes" },
        { "PUT", "/v1/tenants/demo", """{"status":"sleepy"}""", "json_invalid", "status" },
        { "PUT", $"{ApiFixture.Demo}/aliases/x", "{}", "json_invalid", null },
        { "PUT", "/v1/tenants/demo", """{"displayname":"a"}""", "field_unknown", "displayname" },
        { "PUT", "/v1/tenants/demo", """{"limits":{"mailbox":7}}""", "field_unknown", "limits.mailbox" },
        { "PUT", "/v1/tenants/demo", TooMuch, "body_too_large", null },
        { "PUT", "/v1/tenants/demo", $$"""{"displayName":"{{new string('x', 201)}}"}""", "value_invalid", "displayName" },
        { "PUT", ApiFixture.Demo, """{"subaddressing":"ab"}""", "value_invalid", "subaddressing" },
        { "PUT", $"{ApiFixture.Demo}/aliases/x", """{"targets":[]}""", "value_invalid", "targets" },
    };

    [Theory, MemberData(nameof(Plain))]
    public async Task A_refusal_says_what_is_at_fault(string method, string path, string? body, string code, string? field)
    {
        using var response = await api.SendAsync(new HttpMethod(method), path, body);
        var problem = await AssertProblemAsync(response, code);
        Assert.Equal(field, (string?)problem["field"]);
        Assert.DoesNotContain("secret", problem.ToJsonString(), StringComparison.Ordinal);
        Assert.DoesNotContain("OrleansMail.", problem.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_code_can_be_seen()
    {
        var seen = Plain.Select(row => row.Data.Item4).ToHashSet();
        seen.UnionWith(await RareAsync().Select(async (HttpResponseMessage r, CancellationToken _) => (string)(await AssertProblemAsync(r))["code"]!).ToListAsync());
        seen.Add(await MalformedChunkAsync());
        Assert.Equal(AllCodes().Order(), seen.Order());
    }

    [Fact]
    public async Task A_typo_gets_a_suggestion()
    {
        using var response = await api.PutAsync("/v1/tenants/demo", """{"limits":{"mailboxs":7}}""");
        Assert.Equal("Did you mean 'mailboxes'?", (string?)(await AssertProblemAsync(response, "field_unknown"))["detail"]);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("Bearer")]
    [InlineData("Bearer a-key-for-these-test")]
    [InlineData("Bearer a-key-for-these-tests-")]
    [InlineData("Basic a-key-for-these-tests")]
    public async Task Without_the_key_nothing_is_told(string? authorization)
    {
        using var client = new HttpClient { BaseAddress = api.Address };
        if (authorization is not null)
            client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", authorization);
        using var known = await client.GetAsync("/v1/tenants/demo");
        using var unknown = await client.GetAsync("/v1/tenants/nobody");
        await AssertProblemAsync(known, "unauthorized");
        await AssertProblemAsync(unknown, "unauthorized");
        Assert.Equal("Bearer", known.Headers.WwwAuthenticate.ToString());
    }

    [Fact]
    public async Task Another_tenants_message_and_a_missing_one_give_the_same_body()
    {
        (await api.PutAsync("/v1/tenants/other", "{}")).EnsureSuccessStatusCode();
        (await api.PutAsync("/v1/tenants/other/domains/other.test", "{}")).EnsureSuccessStatusCode();
        var (name, _) = await api.NewMailboxAsync();
        var id = api.Deliver(name);
        Assert.Equal(await BodyAsync("/v1/tenants/other/messages/01K2Z9V4T8N6W3Q5R7Y1B0C2D4-1"), await BodyAsync($"/v1/tenants/other/messages/{id}"));

        async Task<string> BodyAsync(string path)
        {
            using var response = await api.Client.GetAsync(path);
            var body = await AssertProblemAsync(response, "message_not_found");
            body.Remove("traceId");
            return body.ToJsonString();
        }
    }

    [Fact]
    public async Task The_methods_of_a_path_are_told()
    {
        using var response = await api.SendAsync(HttpMethod.Patch, "/v1/tenants/demo");
        Assert.Equal(["DELETE", "GET", "PUT"], response.Content.Headers.Allow.Order());
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/nothing")]
    [InlineData("/broken")]
    [InlineData("/v1/tenants")]
    [InlineData("/docs/")]
    public async Task Every_answer_has_the_protective_headers_and_a_request_id(string path)
    {
        using var response = await api.Client.GetAsync(path);
        Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
        Assert.NotEmpty(Assert.Single(response.Headers.GetValues("X-Request-Id")));
        Assert.False(response.Headers.Contains("Server"));
        Assert.False(response.Headers.Contains("Access-Control-Allow-Origin"));
    }

    private static async Task<JsonObject> AssertProblemAsync(HttpResponseMessage response, string? code = null)
    {
        var text = await response.Content.ReadAsStringAsync();
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var problem = JsonNode.Parse(text)!.AsObject();
        Assert.Equal((int)response.StatusCode, (int)problem["status"]!);
        Assert.Equal(code ?? (string)problem["code"]!, (string)problem["code"]!);
        Assert.Equal($"urn:orleansmail:problem:{problem["code"]}", (string)problem["type"]!);
        Assert.NotEmpty((string)problem["title"]!);
        Assert.NotEmpty((string)problem["detail"]!);
        Assert.Equal(Assert.Single(response.Headers.GetValues("X-Request-Id")), (string)problem["traceId"]!);
        Assert.Equal(response.StatusCode == HttpStatusCode.ServiceUnavailable, response.Headers.RetryAfter is not null);
        return problem;
    }

    private async IAsyncEnumerable<HttpResponseMessage> RareAsync()
    {
        using var anonymous = new HttpClient { BaseAddress = api.Address };
        yield return await anonymous.GetAsync("/v1/tenants");
        yield return await api.PutAsync("/v1/tenants/demo", "{}", ifMatch: "bare");
        yield return await api.PutAsync("/v1/tenants/demo", "{}", ifMatch: "\"old\"");
        yield return await api.Client.PutAsync("/v1/tenants/demo", new StringContent("a=b", new MediaTypeHeaderValue("application/x-www-form-urlencoded")));
        await api.PutAsync("/v1/tenants/on-hold", """{"policy":{"legalHold":true}}""");
        yield return await api.SendAsync(HttpMethod.Delete, "/v1/tenants/on-hold");
        await api.PutAsync("/v1/tenants/full", "{}");
        yield return await api.SendAsync(HttpMethod.Post, "/v1/tenants/full/keys", """{"name":"k"}""");
        var (name, _) = await api.NewMailboxAsync();
        var raw = new HttpRequestMessage(HttpMethod.Get, $"/v1/tenants/demo/messages/{api.Deliver(name)}/raw");
        raw.Headers.Range = new RangeHeaderValue(1_000_000, null);
        yield return await api.Client.SendAsync(raw);
        api.Draining = "It is being shut down.";
        yield return await api.Client.GetAsync("/health/ready");
        api.Draining = null;
        foreach (var failure in new Exception[] { new StoreUnavailableException("away"), new StoreFullException("full"), new TimeoutException("late") })
        {
            api.Cluster.Failure = new InvalidOperationException("wrapped", failure);
            yield return await api.Client.GetAsync("/v1/tenants/demo");
            api.Cluster.Failure = null;
        }

        api.Payloads.Failure = new PayloadDamagedException("checksum");
        yield return await api.Client.GetAsync($"/v1/tenants/demo/messages/{api.Deliver(name)}/raw");
        api.Payloads.Failure = null;
    }

    private async Task<string> MalformedChunkAsync()
    {
        using var client = new TcpClient();
        await client.ConnectAsync(api.Address.Host, api.Address.Port);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"PUT /v1/tenants/demo HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {ApiFixture.Key}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n"));
        var answer = await new StreamReader(stream).ReadToEndAsync();
        Assert.StartsWith("HTTP/1.1 400", answer, StringComparison.Ordinal);
        return answer.Contains("\"request_invalid\"", StringComparison.Ordinal) ? "request_invalid" : answer;
    }

    private static IEnumerable<string> AllCodes() => typeof(ProblemCodes)
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(f => ((ProblemCode)f.GetValue(null)!).Code);
}
