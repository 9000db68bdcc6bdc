using System.Diagnostics;

namespace OrleansMail.Server.Tests.Api;

public sealed class WaitTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    [Fact]
    public async Task A_client_that_hangs_up_ends_the_wait()
    {
        var (_, messages) = await api.NewMailboxAsync();
        var grain = api.Cluster.Mailboxes("demo", "demo.test");
        using var hangUp = new CancellationTokenSource();
        var listing = api.Client.GetAsync($"{messages}?wait=60", hangUp.Token);
        await grain.Waiting.Task;
        await hangUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => listing);
        await grain.WaitCancelled.Task.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task A_server_that_stops_answers_those_who_wait()
    {
        await using var own = new ApiFixture();
        await own.InitializeAsync();
        var (_, messages) = await own.NewMailboxAsync();
        var listing = own.GetAsync($"{messages}?wait=60");
        await own.Cluster.Mailboxes("demo", "demo.test").Waiting.Task;
        var started = Stopwatch.GetTimestamp();
        await own.StopAsync();
        Assert.NotNull((await listing)["cursor"]);
        Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(20));
    }
}
