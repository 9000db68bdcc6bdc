using System.Net;
using System.Net.Http.Json;
using System.Text;
using OrleansMail.Testing.Processes;

namespace OrleansMail.Server.Tests.WholeSystem;

/// <summary>A tenant whose mail is sealed beside one whose mail is not.</summary>
public sealed class TenantEncryptionTests : IAsyncLifetime
{
    private const string Inbox = "inbox@sealed.test";
    private const string Secret = "The-merger-is-off-5512";
    private readonly TemporaryFolder keys = new();
    private ServerProcess server = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string KeyFile => Path.Combine(keys.Path, "acme");

    public async ValueTask InitializeAsync()
    {
        await File.WriteAllTextAsync(KeyFile, Convert.ToHexString(Enumerable.Range(0, 32).Select(i => (byte)i).ToArray()), Cancel);
        server = await ServerProcess.StartAsync(new ServerSettings { Arguments = [$"--OrleansMail:Storage:Keys={keys.Path}"] });
        await server.Api.PutTenantAsync("sealed", new { encryption = new { key = "file:acme" } });
        await server.Api.PutDomainAsync("sealed", "sealed.test");
        await server.Api.PutMailboxAsync("sealed", "sealed.test", "inbox");
        await server.Api.ProvisionAsync("open", "open.test", "inbox");
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        keys.Dispose();
    }

    [Fact]
    public async Task Its_mail_is_read_back_over_a_kill_and_stands_in_no_file()
    {
        var small = Message.Create(Secret);
        var large = small.Concat(Enumerable.Repeat(Encoding.ASCII.GetBytes(Secret + "\r\n"), 20_000).SelectMany(line => line)).ToArray();
        var ids = new List<string>();
        using (var talk = await SmtpTalk.ConnectAsync(server.Smtp))
        {
            ids.Add(await talk.DeliverAsync(Message.Sender, Inbox, small));
            ids.Add(await talk.DeliverAsync(Message.Sender, Inbox, large));
        }

        await server.KillAsync();
        await AssertNowhereAsync();
        await server.RestartAsync();

        var items = await server.Api.ListAsync("sealed", Inbox);
        Assert.Equal(ids, items.Select(item => item.Id));
        Assert.Equal(Secret, items[0].Headers.Subject);
        Assert.Equal(small, RawMessage.Parse(await server.Api.RawAsync("sealed", ids[0])).Content);
        Assert.Equal(large, RawMessage.Parse(await server.Api.RawAsync("sealed", ids[1])).Content);
    }

    [Fact]
    public async Task Without_its_key_its_mail_alone_is_deferred_and_nothing_is_stored_in_the_clear()
    {
        using (var talk = await SmtpTalk.ConnectAsync(server.Smtp))
            await talk.DeliverAsync(Message.Sender, Inbox, Message.Create("before"));
        await server.StopAsync(); // the key is held in memory for minutes
        var key = await File.ReadAllTextAsync(KeyFile, Cancel);
        File.Delete(KeyFile);
        await server.RestartAsync();

        using (var talk = await SmtpTalk.ConnectAsync(server.Smtp))
        {
            await talk.DeliverAsync(Message.Sender, Inbox, Message.Create(Secret, "withdrawn@sender.test"), "451 4.3.0 ");
            await talk.DeliverAsync(Message.Sender, "inbox@open.test", Message.Create("others go on"));
        }

        using (var response = await server.Api.Http.GetAsync($"/v1/tenants/sealed/mailboxes/{Uri.EscapeDataString(Inbox)}/messages", Cancel))
            Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal(HttpStatusCode.OK, await server.Api.ReadinessAsync());
        await AssertNowhereAsync();

        await File.WriteAllTextAsync(KeyFile, key, Cancel);
        await Eventually.TrueAsync(
            async () =>
            {
                using var talk = await SmtpTalk.ConnectAsync(server.Smtp);
                await talk.BeginMessageAsync(Message.Sender, Inbox);
                await talk.SendAsync(DotStuffing.Encode(Message.Create(Secret, "withdrawn@sender.test")));
                return (await talk.ReadReplyAsync()).StartsWith("250", StringComparison.Ordinal);
            },
            "mail flows when the key is back");
        Assert.Equal(["before", Secret], (await server.Api.ListAsync("sealed", Inbox)).Select(item => item.Headers.Subject));
    }

    [Theory, InlineData("file:missing"), InlineData("https://vault.example/keys/mail/1")]
    public async Task A_key_that_can_not_be_had_is_refused_and_no_tenant_is_made(string key)
    {
        using var response = await server.Api.Http.PutAsJsonAsync("/v1/tenants/new", new { encryption = new { key } }, Cancel);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, response.StatusCode);
        Assert.Contains("\"field\":\"encryption.key\"", await response.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await server.Api.Http.GetAsync("/v1/tenants/new", Cancel)).StatusCode);
    }

    private async Task AssertNowhereAsync()
    {
        foreach (var file in Directory.EnumerateFiles(server.DataFolder, "*", SearchOption.AllDirectories).Where(f => Path.GetFileName(f) != "~lock"))
        {
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var content = new MemoryStream();
            await stream.CopyToAsync(content, Cancel);
            Assert.True(content.ToArray().AsSpan().IndexOf(Encoding.UTF8.GetBytes(Secret)) < 0, $"{file} has the text of a message.");
        }
    }
}
