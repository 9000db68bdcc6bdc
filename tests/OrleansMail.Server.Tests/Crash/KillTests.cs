using OrleansMail.Testing.Processes;

namespace OrleansMail.Server.Tests.Crash;

/// <summary>
/// The promise behind 250, with a real process that is killed in the middle of its work: each acknowledged message is there exactly
/// once and byte-exact, and a retry of what was left unanswered never makes a second one.
/// </summary>
public sealed class KillTests(ITestOutputHelper output)
{
    private const string Tenant = "crash";
    private const string Inbox = "inbox@crash.test";
    private static readonly int Rounds = Repository.LongTests ? 200 : 20;

    [Fact]
    public async Task Each_acknowledged_message_survives_kills_at_random_points_exactly_once()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"Seed {seed}, {Rounds} rounds");
        var random = new Random(seed);
        await using var server = await ServerProcess.StartAsync();
        await server.Api.ProvisionAsync(Tenant, "crash.test", "inbox");
        var load = new CrashLoad(seed, Inbox);
        var retried = 0;

        for (var round = 0; round < Rounds; round++)
        {
            await load.RunAsync(server.Smtp, round, killAfter: random.Next(1, 120), server.KillAsync);
            await server.RestartAsync();
            retried += await load.RetryAsync(server.Smtp);
            await VerifyListingAsync(server.Api, load);
        }

        output.WriteLine($"{load.Acknowledged.Count} acknowledged, {retried} of them by a retry");
        await VerifyBytesAsync(server.Api, load);
    }

    /// <summary>The mailbox holds what was acknowledged, no less and no more, in rising sequence.</summary>
    private static async Task VerifyListingAsync(MailApi api, CrashLoad load)
    {
        var items = await api.ListAsync(Tenant, Inbox);
        Assert.Equal(items.Select(item => item.Sequence).Order(), items.Select(item => item.Sequence));
        Assert.Distinct(items.Select(item => item.Sequence));

        var listed = items.ToLookup(item => item.Headers.MessageId);
        foreach (var message in load.Acknowledged.Values)
        {
            var item = Assert.Single(listed[message.MessageId]);
            Assert.Equal(message.QueuedAs, item.Id);
            Assert.Equal(message.Sha256, item.ContentSha256);
        }

        Assert.Equal(load.Acknowledged.Count, items.Count);
    }

    private static async Task VerifyBytesAsync(MailApi api, CrashLoad load) =>
        await Parallel.ForEachAsync(load.Acknowledged.Values, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (message, _) =>
        {
            var raw = await api.RawAsync(Tenant, message.QueuedAs!);
            Assert.True(message.Content.AsSpan().SequenceEqual(RawMessage.Parse(raw).Content), $"{message.MessageId} is not what was sent.");
        });
}
