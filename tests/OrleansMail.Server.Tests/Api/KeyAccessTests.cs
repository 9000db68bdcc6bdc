using System.Net;
using System.Text.RegularExpressions;
using OrleansMail.Contracts.Keys;
using OrleansMail.Contracts.Storage;

namespace OrleansMail.Server.Tests.Api;

/// <summary>What a tenant's key opens, for every operation that the reference knows.</summary>
public sealed partial class KeyAccessTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    private const string Any = "Any of the tenant's keys will do.";
    private const string RequestId = "(request)";
    private const string Operator = "Needs the operator's key.";

    [Fact]
    public async Task Each_operation_opens_to_the_scope_that_it_names_and_to_no_other()
    {
        await api.PutAsync("/v1/tenants/each", "{}");
        await api.PutAsync(Fill("/v1/tenants/{tenant}/domains/{domain}", "each"), "{}");
        var every = string.Join(' ', KeyScopeNames.All);
        var scopes = new HashSet<string>();
        foreach (var (method, path, description) in await OperationsAsync())
        {
            var where = $"{method} {path}";
            var scope = Scope().Match(description).Groups[1].Value;
            if (description.EndsWith(Operator, StringComparison.Ordinal))
            {
                Assert.True(await StatusAsync(every) == HttpStatusCode.Forbidden, where);
                continue;
            }

            Assert.True(scope.Length > 0 || description.EndsWith(Any, StringComparison.Ordinal), where);
            scopes.Add(scope);
            Assert.True(await StatusAsync(scope) is not (HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized), where);
            if (scope.Length > 0)
                Assert.True(await StatusAsync(every.Replace(scope, "", StringComparison.Ordinal)) == HttpStatusCode.Forbidden, where);

            async Task<HttpStatusCode> StatusAsync(string given)
            {
                using var response = await api.SendAsAsync((await api.NewKeyAsync("each", given)).Secret, method, Fill(path, "each"), Body(method));
                return response.StatusCode;
            }
        }

        // mail:submit is of SMTP; the empty one is what any key will do for.
        Assert.Equal(KeyScopeNames.All.Except(["mail:submit"]).Append("").Order(), scopes.Order());
    }

    [Fact]
    public async Task What_lies_at_another_tenant_answers_octet_for_octet_like_what_does_not_exist()
    {
        await api.PutAsync("/v1/tenants/other", "{}");
        var (_, secret) = await api.NewKeyAsync("other");
        var (_, weak) = await api.NewKeyAsync("other", scopes: "");
        var count = 0;
        foreach (var (method, path, _) in (await OperationsAsync()).Where(o => o.Path.Contains("{tenant}", StringComparison.Ordinal)))
        {
            var where = $"{method} {path}";
            var theirs = await AnswerAsync(secret, method, Fill(path, "demo"));
            Assert.True(theirs.StartsWith("404", StringComparison.Ordinal), $"{where}: {theirs}");
            Assert.Equal(await AnswerAsync(secret, method, Fill(path, "nobody")), theirs);
            Assert.Equal(await AnswerAsync(weak, method, Fill(path, "demo")), theirs);
            Assert.Contains("\"tenant_not_found\"", theirs, StringComparison.Ordinal);
            count++;
        }

        Assert.True(count > 20, $"{count} operations");
        // The operator, for whom that tenant would be there, is told the same of one that is not.
        Assert.Equal(await AnswerAsync(ApiFixture.Key, HttpMethod.Get, "/v1/tenants/nobody"), await AnswerAsync(secret, HttpMethod.Get, "/v1/tenants/demo"));
    }

    [Fact]
    public async Task Another_tenants_mail_does_not_exist_for_a_key_even_by_its_id()
    {
        await api.PutAsync("/v1/tenants/reader", "{}");
        var (_, secret) = await api.NewKeyAsync("reader");
        var (name, messages) = await api.NewMailboxAsync();
        var id = api.Deliver(name);
        var cursor = (string)(await api.GetAsync(messages))["cursor"]!;

        foreach (var suffix in new[] { "", "/raw" })
        {
            Assert.Equal(
                await AnswerAsync(secret, HttpMethod.Get, "/v1/tenants/reader/messages/01K2Z9V4T8N6W3Q5R7Y1B0C2D4-1" + suffix),
                await AnswerAsync(secret, HttpMethod.Get, $"/v1/tenants/reader/messages/{id}{suffix}"));
            Assert.Equal(
                await AnswerAsync(secret, HttpMethod.Get, "/v1/tenants/nobody/messages/01K2Z9V4T8N6W3Q5R7Y1B0C2D4-1" + suffix),
                await AnswerAsync(secret, HttpMethod.Get, $"/v1/tenants/demo/messages/{id}{suffix}"));
        }

        foreach (var query in new[] { "", $"?cursor={cursor}", "?cursor=forged", "?limit=0", "?wait=60" })
        {
            Assert.Equal(
                await AnswerAsync(secret, HttpMethod.Get, "/v1/tenants/nobody/mailboxes/x%40demo.test/messages" + query),
                await AnswerAsync(secret, HttpMethod.Get, messages + query));
        }

        using var head = await api.SendAsAsync(secret, HttpMethod.Head, $"/v1/tenants/demo/messages/{id}/raw");
        Assert.Equal(HttpStatusCode.NotFound, head.StatusCode);
    }

    [Fact]
    public async Task Reading_mail_by_HEAD_needs_the_same_scope()
    {
        var (name, _) = await api.NewMailboxAsync();
        var path = $"/v1/tenants/demo/messages/{api.Deliver(name)}/raw";
        using var allowed = await api.SendAsAsync((await api.NewKeyAsync(scopes: "mail:read")).Secret, HttpMethod.Head, path);
        using var forbidden = await api.SendAsAsync((await api.NewKeyAsync(scopes: "mailboxes:read")).Secret, HttpMethod.Head, path);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Forbidden), (allowed.StatusCode, forbidden.StatusCode));
    }

    [Theory]
    [InlineData("/v1/tenants/%64emo", HttpStatusCode.NotFound)]
    [InlineData("/v1/tenants/mine/../demo", HttpStatusCode.NotFound)]
    [InlineData("/v1/tenants/mine/%2e%2e/demo", HttpStatusCode.NotFound)]
    [InlineData("/v1/tenants/demo/", HttpStatusCode.NotFound)]
    [InlineData("/v1/tenants/demo?tenant=mine", HttpStatusCode.NotFound)]
    [InlineData("/V1/TENANTS/demo", HttpStatusCode.NotFound)]
    [InlineData("/v1/tenants/%2564emo", HttpStatusCode.BadRequest)]
    [InlineData("/v1/tenants/DEMO", HttpStatusCode.BadRequest)]
    [InlineData("/v1/tenants/mine%2F..%2Fdemo", HttpStatusCode.BadRequest)]
    [InlineData("/v1/tenants/demo/../mine", HttpStatusCode.OK)]
    [InlineData("/v1/tenants/%6dine", HttpStatusCode.OK)]
    public async Task However_a_tenants_name_is_spelled_the_key_is_held_against_the_one_that_is_shown(string target, HttpStatusCode expected)
    {
        await api.PutAsync("/v1/tenants/mine", "{}");
        var (_, secret) = await api.NewKeyAsync("mine");
        var answer = await RawHttp.GetAsync(api.Address, target, $"Bearer {secret}");
        Assert.StartsWith($"HTTP/1.1 {(int)expected} ", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("\"id\":\"demo\"", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_with_no_scopes_shows_its_tenant_and_nothing_else()
    {
        var (_, secret) = await api.NewKeyAsync(scopes: "");
        Assert.StartsWith("200", await AnswerAsync(secret, HttpMethod.Get, "/v1/tenants/demo"), StringComparison.Ordinal);
        foreach (var path in new[] { "/v1/tenants", "/v1/tenants/demo/keys", "/v1/tenants/demo/domains", $"{ApiFixture.Demo}/mailboxes", $"{ApiFixture.Demo}/aliases", "/v1/tenants/demo/mailboxes/inbox%40demo.test/messages", "/forbidden" })
            Assert.StartsWith("403", await AnswerAsync(secret, HttpMethod.Get, path), StringComparison.Ordinal);
        foreach (var path in new[] { "/", "/health/live", "/openapi/v1.json" })
            Assert.StartsWith("200", await AnswerAsync(secret, HttpMethod.Get, path), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_has_not_the_form_of_a_secret_is_unknown_without_asking_a_grain()
    {
        var (_, secret) = await api.NewKeyAsync();
        var digits = new string([.. secret.Select(c => char.IsAsciiDigit(c) ? (char)('٠' + (c - '0')) : c)]);
        var before = api.Cluster.Lookups.Count;
        foreach (var wrong in new[] { "OMK_" + secret[4..], secret[..^1], secret + "A", secret + "=", secret + "," + secret, "omk_", digits == secret ? "omk_٣" : digits, new string('A', 20_000) })
        {
            var answer = await RawHttp.GetAsync(api.Address, "/v1/tenants/demo", $"Bearer {wrong}");
            Assert.True(answer.StartsWith("HTTP/1.1 401 ", StringComparison.Ordinal), $"{wrong}: {answer}");
        }

        Assert.Matches("^(HTTP/1.1 431 |$)", await RawHttp.GetAsync(api.Address, "/v1/tenants/demo", $"Bearer {new string('A', 100_000)}"));
        Assert.Equal(before, api.Cluster.Lookups.Count);
        Assert.StartsWith("HTTP/1.1 401 ", await RawHttp.GetAsync(api.Address, "/v1/tenants/demo", $"Bearer {ApiKeySecret.Create()}"), StringComparison.Ordinal);
        Assert.Equal(before + 1, api.Cluster.Lookups.Count);
        Assert.StartsWith("HTTP/1.1 200 ", await RawHttp.GetAsync(api.Address, "/v1/tenants/demo", $"bearer   {secret} "), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_store_that_is_away_is_told_apart_from_a_wrong_key()
    {
        var (_, secret) = await api.NewKeyAsync();
        api.Cluster.Failure = new StoreUnavailableException("away");
        using var response = await api.SendAsAsync(secret, HttpMethod.Get, "/v1/tenants/demo");
        api.Cluster.Failure = null;
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Contains("store_unavailable", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.StartsWith("200", await AnswerAsync(secret, HttpMethod.Get, "/v1/tenants/demo"), StringComparison.Ordinal);
    }

    private static string Fill(string path, string tenant) => path
        .Replace("{tenant}", tenant, StringComparison.Ordinal)
        .Replace("{domain}", "demo.test", StringComparison.Ordinal)
        .Replace("{mailbox}", "inbox", StringComparison.Ordinal)
        .Replace("{alias}", "alias", StringComparison.Ordinal)
        .Replace("{address}", "inbox%40demo.test", StringComparison.Ordinal)
        .Replace("{id}", "01K2Z9V4T8N6W3Q5R7Y1B0C2D4", StringComparison.Ordinal);

    // A body that is refused: what is asked of an operation here is whether it is reached, not that it changes anything.
    private static string? Body(HttpMethod method) => method == HttpMethod.Put || method == HttpMethod.Post ? "[]" : null;

    // Deletions come last: they would take away what the others need.
    private async Task<List<(HttpMethod Method, string Path, string Description)>> OperationsAsync()
    {
        var paths = (await api.GetAsync("/openapi/v1.json"))["paths"]!.AsObject();
        return [.. paths
            .Where(p => p.Key.StartsWith("/v1", StringComparison.Ordinal))
            .SelectMany(p => p.Value!.AsObject().Select(o => (new HttpMethod(o.Key.ToUpperInvariant()), p.Key, (string)o.Value!["description"]!)))
            .OrderBy(o => o.Item1 == HttpMethod.Delete)];
    }

    // Status, headers and body, but for the clock and the request's own name.
    private async Task<string> AnswerAsync(string secret, HttpMethod method, string path)
    {
        using var response = await api.SendAsAsync(secret, method, path, Body(method));
        response.Headers.Remove("Date");
        var answer = $"{(int)response.StatusCode}\n{response.Headers}{response.Content.Headers}\n\n{await response.Content.ReadAsStringAsync()}";
        return answer.Replace(Assert.Single(response.Headers.GetValues("X-Request-Id")), RequestId, StringComparison.Ordinal);
    }

    [GeneratedRegex("Needs the scope `([a-z:]+)`\\.$")]
    private static partial Regex Scope();
}
