using System.Net;
using OrleansMail.Contracts.Messages;

namespace OrleansMail.Server.Tests.Api;

public sealed class MessageTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    [Fact]
    public async Task A_message_is_shown_with_all_its_fields()
    {
        var (name, messages) = await api.NewMailboxAsync();
        var id = api.Deliver(name, "Subject: x\r\n\r\nText\r\n", "anna@example.org", (HeaderName.Subject, " =?utf-8?q?Gr=C3=BC=C3=9Fe?="), (HeaderName.MessageId, " <1@example.org>"));
        var item = (await api.GetAsync(messages))["items"]!.AsArray().Single()!.AsObject();
        Assert.Equal(
            ["id", "mailbox", "sequence", "receivedAt", "envelope", "size", "sha256", "contentSha256", "headers", "class", "threadId", "verdicts", "flags"],
            item.Select(f => f.Key));
        Assert.Equal(id.ToString(), (string)item["id"]!);
        Assert.Equal($"{name}@demo.test", (string)item["mailbox"]!);
        Assert.Equal(
            $$"""{"from":"anna@example.org","to":[{"address":"{{name}}@demo.test","received":"As+Written@x","tag":"Written"}],"helo":"mail.example.org","remoteAddress":"192.0.2.25","protocol":"ESMTP","tls":null}""",
            item["envelope"]!.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));
        Assert.Equal("Grüße", (string)item["headers"]!["subject"]!);
        Assert.Equal("<1@example.org>", (string)item["headers"]!["messageId"]!);
        Assert.Equal("unverified", (string)item["verdicts"]!["sender"]!);
        Assert.Equal("""["bareNewlines"]""", item["flags"]!.ToJsonString());
        var single = (await api.GetAsync($"/v1/tenants/demo/messages/{id}")).AsObject();
        Assert.Empty(single["attachments"]!.AsArray());
        single.Remove("attachments");
        Assert.Equal(item.ToJsonString(), single.ToJsonString());
    }

    [Fact]
    public async Task Paging_misses_nothing_and_repeats_nothing_while_mail_arrives()
    {
        var (name, messages) = await api.NewMailboxAsync();
        var sent = Enumerable.Range(0, 5).Select(_ => api.Deliver(name).ToString()).ToList();
        var read = new List<string>();
        string? next = null, cursor;
        do
        {
            var page = await api.GetAsync($"{messages}?limit=2{(next is null ? "" : $"&cursor={next}")}");
            read.AddRange(page["items"]!.AsArray().Select(i => (string)i!["id"]!));
            (next, cursor) = ((string?)page["next"], (string)page["cursor"]!);
            if (sent.Count < 9)
                sent.Add(api.Deliver(name).ToString());
        }
        while (next is not null);
        sent.Add(api.Deliver(name).ToString());
        read.AddRange((await api.GetAsync($"{messages}?cursor={cursor}"))["items"]!.AsArray().Select(i => (string)i!["id"]!));
        Assert.Equal(sent, read);
    }

    [Fact]
    public async Task An_empty_mailbox_has_a_cursor_that_finds_the_first_message()
    {
        var (name, messages) = await api.NewMailboxAsync();
        var empty = await api.GetAsync(messages);
        Assert.Null(empty["next"]);
        var id = api.Deliver(name);
        Assert.Equal(id.ToString(), (string)(await api.GetAsync($"{messages}?cursor={empty["cursor"]}"))["items"]![0]!["id"]!);
    }

    [Fact]
    public async Task A_cursor_is_good_for_its_mailbox_and_its_creation_only()
    {
        var (name, messages) = await api.NewMailboxAsync();
        var (_, others) = await api.NewMailboxAsync();
        var cursor = (string)(await api.GetAsync(messages))["cursor"]!;
        Assert.Equal(HttpStatusCode.BadRequest, (await api.Client.GetAsync($"{others}?cursor={cursor}")).StatusCode);
        await api.SendAsync(HttpMethod.Delete, $"{ApiFixture.Demo}/mailboxes/{name}");
        Assert.Equal(HttpStatusCode.NotFound, (await api.Client.GetAsync($"{messages}?cursor={cursor}")).StatusCode);
        await api.PutAsync($"{ApiFixture.Demo}/mailboxes/{name}", "{}");
        Assert.Equal(HttpStatusCode.BadRequest, (await api.Client.GetAsync($"{messages}?cursor={cursor}")).StatusCode);
    }

    [Fact]
    public async Task A_limit_above_the_largest_counts_as_the_largest()
    {
        var (_, messages) = await api.NewMailboxAsync();
        Assert.Equal(HttpStatusCode.OK, (await api.Client.GetAsync($"{messages}?limit=99999999999")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await api.Client.GetAsync($"{messages}?limit=")).StatusCode);
    }

    [Theory]
    [InlineData("bytes=0-3", 206, "bytes 0-3/10", "0123")]
    [InlineData("bytes=8-", 206, "bytes 8-9/10", "89")]
    [InlineData("bytes=-2", 206, "bytes 8-9/10", "89")]
    [InlineData("bytes=5-99", 206, "bytes 5-9/10", "56789")]
    [InlineData("bytes=10-", 416, "bytes */10", null)]
    [InlineData("lines=1-2", 200, null, "0123456789")]
    [InlineData(null, 200, null, "0123456789")]
    public async Task Raw_gives_the_range_asked_for(string? range, int status, string? contentRange, string? body)
    {
        var (name, _) = await api.NewMailboxAsync();
        using var response = await RawAsync(api.Deliver(name, "0123456789"), ("Range", range));
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(contentRange, response.Content.Headers.ContentRange?.ToString());
        if (body is null)
            return;
        Assert.Equal(body, await response.Content.ReadAsStringAsync());
        Assert.Equal("message/rfc822", response.Content.Headers.ContentType!.ToString());
        Assert.Equal("attachment", response.Content.Headers.ContentDisposition!.DispositionType);
        Assert.Equal("bytes", response.Headers.AcceptRanges.Single());
    }

    [Fact]
    public async Task A_range_is_read_from_the_store_where_it_begins()
    {
        var (name, _) = await api.NewMailboxAsync();
        var id = api.Deliver(name, new string('x', 1_000_000));
        api.Payloads.Opened.Clear();
        using var response = await RawAsync(id, ("Range", "bytes=999990-"));
        Assert.Equal(10, (await response.Content.ReadAsByteArrayAsync()).Length);
        Assert.Equal((999_990, 10), Assert.Single(api.Payloads.Opened));
    }

    [Fact]
    public async Task The_digest_of_raw_is_its_tag_and_conditions_work()
    {
        var (name, _) = await api.NewMailboxAsync();
        var id = api.Deliver(name, "0123456789");
        var tag = $"\"{(await api.GetAsync($"/v1/tenants/demo/messages/{id}"))["sha256"]}\"";
        using var whole = await RawAsync(id);
        Assert.Equal(tag, whole.Headers.ETag!.ToString());
        Assert.Equal(HttpStatusCode.NotModified, (await RawAsync(id, ("If-None-Match", tag))).StatusCode);
        Assert.Equal(HttpStatusCode.PartialContent, (await RawAsync(id, ("Range", "bytes=0-1"), ("If-Range", tag))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await RawAsync(id, ("Range", "bytes=0-1"), ("If-Range", "\"other\""))).StatusCode);
        using var head = await api.SendAsync(HttpMethod.Head, $"/v1/tenants/demo/messages/{id}/raw");
        Assert.Equal(10, head.Content.Headers.ContentLength);
    }

    [Fact]
    public async Task Attachments_are_listed_with_clean_names_and_decoded_sizes()
    {
        var (name, _) = await api.NewMailboxAsync();
        var id = api.Deliver(name, Attachments);
        var shown = (await api.GetAsync($"/v1/tenants/demo/messages/{id}"))["attachments"]!.AsArray();
        Assert.Equal(
            ["0 passwd application/octet-stream 5", "1 Grüße.pdf application/pdf 3", "2  message/rfc822 26", "3  image/png 2"],
            shown.Select(a => $"{a!["index"]} {a["name"]} {a["contentType"]} {a["size"]}"));
    }

    [Fact]
    public async Task Listing_waits_for_the_next_message()
    {
        var (name, messages) = await api.NewMailboxAsync();
        var grain = api.Cluster.Mailboxes("demo", "demo.test");
        var listing = api.GetAsync($"{messages}?wait=60");
        await grain.Waiting.Task;
        var id = api.Deliver(name);
        Assert.Equal(id.ToString(), (string)(await listing)["items"]![0]!["id"]!);
    }

    private const string Attachments =
        """
        MIME-Version: 1.0
        Content-Type: multipart/mixed; boundary=b

        --b
        Content-Type: text/plain

        Text
        --b
        Content-Disposition: attachment; filename="../../etc/passwd"
        Content-Type: application/octet-stream
        Content-Transfer-Encoding: base64

        aGVsbG8=
        --b
        Content-Type: application/pdf; name="=?utf-8?q?Gr=C3=BC=C3=9Fe.pdf?="
        Content-Transfer-Encoding: quoted-printable

        =41=42=43
        --b
        Content-Type: message/rfc822

        Subject: inner

        Inner text
        --b
        Content-Type: image/png

        ab
        --b--

        """;

    private Task<HttpResponseMessage> RawAsync(MessageId id, params (string Name, string? Value)[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/tenants/demo/messages/{id}/raw");
        foreach (var (header, value) in headers.Where(h => h.Value is not null))
            request.Headers.TryAddWithoutValidation(header, value);
        return api.Client.SendAsync(request);
    }
}
