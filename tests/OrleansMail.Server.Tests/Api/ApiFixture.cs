using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrleansMail.Contracts.Domains;
using OrleansMail.Contracts.Messages;
using OrleansMail.Contracts.Storage;
using OrleansMail.Contracts.Tenants;
using OrleansMail.Server.Api;
using OrleansMail.Server.Tests.Api.Fakes;

namespace OrleansMail.Server.Tests.Api;

/// <summary>The API on a real Kestrel with a port of its own, over grains in memory; tenant <c>demo</c>, domain <c>demo.test</c>, mailbox <c>inbox</c>.</summary>
public sealed class ApiFixture : IAsyncLifetime, IStoreHealth, ICursorKey, IReadiness, IProvisioningObserver
{
    public const string Key = "a-key-for-these-tests";
    public const string Demo = "/v1/tenants/demo/domains/demo.test";
    private WebApplication app = null!;

    internal FakeCluster Cluster { get; } = new();

    internal FakePayloads Payloads { get; } = new();

    internal ConcurrentQueue<(string Tenant, string? Domain)> Changes { get; } = new();

    internal StoreCondition Store { get; set; }

    internal string? Draining { get; set; }

    public HttpClient Client { get; private set; } = null!;

    public Uri Address => Client.BaseAddress!;

    ReadOnlyMemory<byte> ICursorKey.Key { get; } = RandomNumberGenerator.GetBytes(32);

    string? IReadiness.NotReadyBecause => Draining;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = Environments.Production });
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Configuration["OrleansMail:OperatorKey"] = Key;
        builder.Services.AddSingleton(Cluster.Factory);
        builder.Services.AddSingleton<ITenantIndex>(Cluster);
        builder.Services.AddSingleton<IPayloadStore>(Payloads);
        builder.Services.AddSingleton<IStoreHealth>(this).AddSingleton<ICursorKey>(this).AddSingleton<IReadiness>(this).AddSingleton<IProvisioningObserver>(this);
        builder.Services.AddOrleansMailApi();
        app = builder.Build();
        app.MapOrleansMailApi();
        app.MapGet("/forbidden", () => "").RequireAuthorization(p => p.RequireAssertion(_ => false)).ExcludeFromDescription();
        app.MapGet("/broken", string () => throw new InvalidOperationException("secret")).ExcludeFromDescription();
        await app.StartAsync();
        Client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
        Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Key);
        foreach (var path in new[] { "/v1/tenants/demo", Demo, $"{Demo}/mailboxes/inbox" })
            (await PutAsync(path, "{}")).EnsureSuccessStatusCode();
    }

    public Task StopAsync() => app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await app.DisposeAsync();
    }

    public Task<HttpResponseMessage> PutAsync(string path, string json, string? ifMatch = null) => SendAsync(HttpMethod.Put, path, json, ifMatch);

    public Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? json = null, string? ifMatch = null)
    {
        var request = new HttpRequestMessage(method, path);
        if (json is not null)
            request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        if (ifMatch is not null)
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        return Client.SendAsync(request);
    }

    public async Task<JsonNode> GetAsync(string path) => JsonNode.Parse(await (await Client.GetAsync(path)).EnsureSuccessStatusCode().Content.ReadAsStringAsync())!;

    /// <summary>A key of a tenant; all scopes when none are given.</summary>
    public async Task<(string Id, string Secret)> NewKeyAsync(string tenant = "demo", string? scopes = null, DateTimeOffset? expiresAt = null)
    {
        var body = new JsonObject { ["name"] = "a test's", ["expiresAt"] = expiresAt };
        if (scopes is not null)
            body["scopes"] = new JsonArray([.. scopes.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(s => JsonValue.Create(s))]);
        using var response = await SendAsync(HttpMethod.Post, $"/v1/tenants/{tenant}/keys", body.ToJsonString());
        var created = JsonNode.Parse(await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync())!;
        return ((string)created["id"]!, (string)created["secret"]!);
    }

    /// <summary>Sends a request with another key than the operator's.</summary>
    public async Task<HttpResponseMessage> SendAsAsync(string secret, HttpMethod method, string path, string? json = null)
    {
        var request = new HttpRequestMessage(method, path);
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {secret}");
        if (json is not null)
            request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        return await Client.SendAsync(request);
    }

    /// <summary>A fresh mailbox of the demo domain, and the path of its messages.</summary>
    public async Task<(string Name, string Messages)> NewMailboxAsync()
    {
        var name = $"box-{Guid.NewGuid():n}";
        (await PutAsync($"{Demo}/mailboxes/{name}", "{}")).EnsureSuccessStatusCode();
        return (name, $"/v1/tenants/demo/mailboxes/{name}%40demo.test/messages");
    }

    internal MessageId Deliver(string mailbox, string raw = "Subject: Hello\r\n\r\nText\r\n", string from = "anna@example.org", params (HeaderName Name, string Value)[] headers) =>
        Deliver(mailbox, Encoding.Latin1.GetBytes(raw), from, [.. headers.Select(h => new HeaderField(h.Name, Encoding.Latin1.GetBytes(h.Value)))]);

    internal MessageId Deliver(string mailbox, byte[] raw, string from, IReadOnlyList<HeaderField> headers)
    {
        var location = Payloads.Add(raw);
        var given = default(MessageId);
        Cluster.Mailboxes("demo", "demo.test").Deliver(mailbox, (id, sequence, recorded) => new StoredMessage(
            given = id,
            sequence,
            DateTimeOffset.UnixEpoch.AddSeconds(sequence),
            from,
            recorded,
            new SessionFacts("mail.example.org", "192.0.2.25", "ESMTP", null),
            headers,
            MessageFlags.BareNewlines,
            raw.Length,
            0,
            SHA256.HashData(raw),
            SHA256.HashData(raw),
            location));
        return given;
    }

    bool IStoreHealth.HasOwnStores => false;

    ValueTask<StoreCondition> IStoreHealth.CheckAsync(string name, long octets, CancellationToken cancellationToken) => new(Store);

    void IProvisioningObserver.Changed(TenantId tenant, DomainName? domain) => Changes.Enqueue((tenant.Value, domain?.Value));
}
