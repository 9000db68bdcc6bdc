using System.Net;
using System.Text;
using OrleansMail.Server.Tests.WholeSystem;
using OrleansMail.Testing.Processes;

namespace OrleansMail.Server.Tests.Crash;

/// <summary>Logs that a crash or a bad disk left damaged: what was never acknowledged is cut, all else is served, and wrong bytes never are.</summary>
public sealed class DamageTests : IAsyncLifetime
{
    private const string Tenant = "damage";
    private const string Inbox = "inbox@damage.test";
    private const int Messages = 12;

    private readonly List<string> ids = [];
    private ServerProcess server = null!;

    public async ValueTask InitializeAsync()
    {
        server = await ServerProcess.StartAsync();
        await server.Api.ProvisionAsync(Tenant, "damage.test", "inbox");
        using var talk = await SmtpTalk.ConnectAsync(server.Smtp);
        for (var number = 0; number < Messages; number++)
            ids.Add(await talk.DeliverAsync(Message.Sender, Inbox, Content(number)));
        await server.KillAsync();
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task Garbage_behind_the_last_record_is_cut_and_all_acknowledged_mail_is_served()
    {
        var log = NewestLog();
        var garbage = new byte[3_000];
        new Random(5).NextBytes(garbage);
        WriteAt(log, EndOfContent(log), garbage);

        await server.RestartAsync();

        Assert.Equal(ids, (await server.Api.ListAsync(Tenant, Inbox)).Select(item => item.Id));
        await VerifyAsync(Enumerable.Range(0, Messages));
        await TakesMailAsync();
    }

    [Theory, InlineData(1), InlineData(60), InlineData(300)]
    public async Task A_record_that_was_cut_short_is_dropped_and_everything_before_it_is_served(int missing)
    {
        var log = NewestLog();
        var end = LastMarkerEnd(log, Messages - 1);
        using (var file = File.OpenWrite(log))
            file.SetLength(end - missing);

        await server.RestartAsync();

        Assert.Equal(ids[..^1], (await server.Api.ListAsync(Tenant, Inbox)).Select(item => item.Id));
        await VerifyAsync(Enumerable.Range(0, Messages - 1));
        Assert.Equal(HttpStatusCode.NotFound, await RawStatusAsync(ids[^1]));
        Assert.Contains("never acknowledged and is cut", server.Output, StringComparison.Ordinal);
        await TakesMailAsync();
    }

    [Fact]
    public async Task A_flipped_bit_in_an_earlier_record_is_reported_and_hits_that_message_only()
    {
        const int hit = 4;
        var log = NewestLog();
        var position = File.ReadAllBytes(log).AsSpan().IndexOf(Encoding.ASCII.GetBytes(Marker(hit)));
        var octet = File.ReadAllBytes(log)[position];
        WriteAt(log, position, [(byte)(octet ^ 0x10)]);

        await server.RestartAsync();

        await VerifyAsync(Enumerable.Range(0, Messages).Except([hit]));
        Assert.False((await RawStatusAsync(ids[hit])) is HttpStatusCode.OK, "A damaged message must not be served.");
        Assert.Contains("damage", server.Output, StringComparison.OrdinalIgnoreCase);
        await TakesMailAsync();
    }

    [Fact]
    public async Task Damage_that_happens_while_the_server_runs_is_never_served()
    {
        await server.RestartAsync();
        const int hit = 2;
        var log = Logs().First(file => File.ReadAllBytes(file).AsSpan().IndexOf(Encoding.ASCII.GetBytes(Marker(hit))) >= 0);
        WriteAt(log, File.ReadAllBytes(log).AsSpan().IndexOf(Encoding.ASCII.GetBytes(Marker(hit))), "X"u8.ToArray());

        Assert.False(await ServedWholeAsync(ids[hit]), "A damaged message must not be served.");
        await VerifyAsync(Enumerable.Range(0, Messages).Except([hit]));
    }

    private static string Marker(int number) => $"marker-of-message-{number:000}";

    private static byte[] Content(int number) =>
        Encoding.ASCII.GetBytes($"Subject: {number}\r\nMessage-ID: <{number}@damage.test>\r\n\r\n{new string('a', 400)}\r\n{Marker(number)}\r\n");

    private static void WriteAt(string path, long position, byte[] octets)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite); // as damage comes: whoever has the file open
        file.Position = position;
        file.Write(octets);
    }

    // Logs are made longer than their content and filled with zeros.
    private static long EndOfContent(string log) => File.ReadAllBytes(log).AsSpan().LastIndexOfAnyExcept((byte)0) + 1;

    private static long LastMarkerEnd(string log, int number)
    {
        var marker = Encoding.ASCII.GetBytes(Marker(number));
        return File.ReadAllBytes(log).AsSpan().LastIndexOf(marker) + marker.Length;
    }

    private IEnumerable<string> Logs() => Directory.GetFiles(server.DataFolder, "*.log", SearchOption.AllDirectories).Where(file => EndOfContent(file) > 0);

    private string NewestLog() => Logs().MaxBy(File.GetLastWriteTimeUtc)!;

    private async Task VerifyAsync(IEnumerable<int> numbers)
    {
        foreach (var number in numbers)
            Assert.Equal(Content(number), RawMessage.Parse(await server.Api.RawAsync(Tenant, ids[number])).Content);
    }

    private async Task<HttpStatusCode> RawStatusAsync(string id)
    {
        using var response = await server.Api.Http.GetAsync($"/v1/tenants/{Tenant}/messages/{id}/raw");
        return response.StatusCode;
    }

    // An answer that had begun may also be cut off: what counts is that nobody takes it for the whole message.
    private async Task<bool> ServedWholeAsync(string id)
    {
        try
        {
            return await RawStatusAsync(id) == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private async Task TakesMailAsync()
    {
        using var talk = await SmtpTalk.ConnectAsync(server.Smtp);
        var id = await talk.DeliverAsync(Message.Sender, Inbox, Message.Create("after the damage"));
        Assert.Equal("after the damage", (await server.Api.MessageAsync(Tenant, id)).Headers.Subject);
    }
}
