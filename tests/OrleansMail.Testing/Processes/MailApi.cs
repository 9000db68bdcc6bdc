using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Xunit;

namespace OrleansMail.Testing.Processes;

/// <summary>A small client of the HTTP API: it names what tests use, fails with the problem's text, and hides nothing else.</summary>
public sealed class MailApi : IDisposable
{
    private readonly HttpClient http;

    /// <summary>Creates a client with a key.</summary>
    public MailApi(Uri address, string key)
    {
        http = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromSeconds(90) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    /// <summary>For requests that have no method here.</summary>
    public HttpClient Http => http;

    /// <summary>Creates or replaces a tenant.</summary>
    public Task PutTenantAsync(string tenant, object? settings = null) => PutAsync($"/v1/tenants/{tenant}", settings ?? new { });

    /// <summary>Creates or replaces a domain of a tenant.</summary>
    public Task PutDomainAsync(string tenant, string domain, object? settings = null) =>
        PutAsync($"/v1/tenants/{tenant}/domains/{domain}", settings ?? new { });

    /// <summary>Creates or replaces a mailbox.</summary>
    public Task PutMailboxAsync(string tenant, string domain, string mailbox) =>
        PutAsync($"/v1/tenants/{tenant}/domains/{domain}/mailboxes/{Uri.EscapeDataString(mailbox)}", new { });

    /// <summary>Creates or replaces an alias.</summary>
    public Task PutAliasAsync(string tenant, string domain, string alias, params string[] targets) =>
        PutAsync($"/v1/tenants/{tenant}/domains/{domain}/aliases/{Uri.EscapeDataString(alias)}", new { targets });

    /// <summary>Creates a tenant with one domain and its mailboxes, ready for mail.</summary>
    public async Task ProvisionAsync(string tenant, string domain, params string[] mailboxes)
    {
        await PutTenantAsync(tenant);
        await PutDomainAsync(tenant, domain);
        foreach (var mailbox in mailboxes)
            await PutMailboxAsync(tenant, domain, mailbox);
    }

    /// <summary>One page of a mailbox.</summary>
    public Task<MessageList> PageAsync(string tenant, string address, string? cursor = null, int limit = 1000, int wait = 0) =>
        GetAsync<MessageList>($"/v1/tenants/{tenant}/mailboxes/{Uri.EscapeDataString(address)}/messages?limit={limit}&wait={wait}"
            + (cursor is null ? "" : $"&cursor={Uri.EscapeDataString(cursor)}"));

    /// <summary>All messages of a mailbox, page by page.</summary>
    public async Task<IReadOnlyList<MessageItem>> ListAsync(string tenant, string address)
    {
        var items = new List<MessageItem>();
        string? cursor = null;
        do
        {
            var page = await PageAsync(tenant, address, cursor);
            items.AddRange(page.Items);
            cursor = page.Next;
        }
        while (cursor is not null);
        return items;
    }

    /// <summary>Waits for messages behind a cursor (null: for the first).</summary>
    public async Task<MessageList> WaitAsync(string tenant, string address, string? cursor = null)
    {
        var page = await PageAsync(tenant, address, cursor, wait: 30);
        Assert.NotEmpty(page.Items);
        return page;
    }

    /// <summary>A message's metadata.</summary>
    public Task<MessageItem> MessageAsync(string tenant, string id) => GetAsync<MessageItem>($"/v1/tenants/{tenant}/messages/{id}");

    /// <summary>A message's raw bytes.</summary>
    public async Task<byte[]> RawAsync(string tenant, string id)
    {
        using var response = await http.GetAsync($"/v1/tenants/{tenant}/messages/{id}/raw");
        await EnsureAsync(response);
        return await response.Content.ReadAsByteArrayAsync();
    }

    /// <summary>Octets of raw from <paramref name="from"/> to <paramref name="to"/>, both included.</summary>
    public async Task<byte[]> RawRangeAsync(string tenant, string id, long from, long to)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/tenants/{tenant}/messages/{id}/raw");
        request.Headers.Range = new RangeHeaderValue(from, to);
        using var response = await http.SendAsync(request);
        Assert.Equal(HttpStatusCode.PartialContent, response.StatusCode);
        Assert.Equal(from, response.Content.Headers.ContentRange?.From);
        Assert.Equal(to, response.Content.Headers.ContentRange?.To);
        return await response.Content.ReadAsByteArrayAsync();
    }

    /// <summary>The status of <c>/health/ready</c>.</summary>
    public async Task<HttpStatusCode> ReadinessAsync()
    {
        using var response = await http.GetAsync("/health/ready");
        return response.StatusCode;
    }

    /// <summary>Puts a JSON body; fails unless it was created or updated.</summary>
    public async Task PutAsync(string path, object body)
    {
        using var response = await http.PutAsJsonAsync(path, body);
        await EnsureAsync(response);
    }

    /// <summary>Deletes; no error when there is nothing.</summary>
    public async Task DeleteAsync(string path)
    {
        using var response = await http.DeleteAsync(path);
        await EnsureAsync(response);
    }

    /// <inheritdoc/>
    public void Dispose() => http.Dispose();

    private static async Task EnsureAsync(HttpResponseMessage response)
    {
        if (!response.IsSuccessStatusCode)
        {
            var request = response.RequestMessage!;
            Assert.Fail($"{request.Method} {request.RequestUri} was answered {(int)response.StatusCode}: {await response.Content.ReadAsStringAsync()}");
        }
    }

    private async Task<T> GetAsync<T>(string path)
    {
        using var response = await http.GetAsync(path);
        await EnsureAsync(response);
        return (await response.Content.ReadFromJsonAsync<T>(JsonSerializerOptions.Web))!;
    }
}
