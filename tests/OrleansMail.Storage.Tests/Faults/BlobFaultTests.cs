using System.Diagnostics;
using OrleansMail.Contracts;
using OrleansMail.Contracts.Messages;
using OrleansMail.Contracts.Storage;
using OrleansMail.Storage.AzureBlobs;
using OrleansMail.Storage.Partitions;
using OrleansMail.Storage.Tests.Partitions;
using OrleansMail.Storage.Tests.Stores;
using OrleansMail.Testing.Network;
using OrleansMail.Testing.Stores;
using static OrleansMail.Storage.Tests.Partitions.PartitionBench;

namespace OrleansMail.Storage.Tests.Faults;

/// <summary>A whole partition over a real Azurite, with a proxy between that fails in every way that a network and a service can.</summary>
public sealed class BlobFaultTests(AzuriteFixture azurite) : IAsyncLifetime
{
    private static readonly TimeSpan StoreTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan AtMost = TimeSpan.FromSeconds(60);
    private readonly Incarnation mailbox = NewIncarnation();
    private readonly PartitionBench bench = new() { Options = Options() };
    private FaultProxy proxy = null!;
    private AzureBlobObjectStore store = null!;
    private AzureBlobObjectStore direct = null!;

    public async ValueTask InitializeAsync()
    {
        var options = await azurite.NewContainerAsync();
        direct = await AzureBlobObjectStore.OpenAsync(options, TimeProvider.System, CancellationToken.None);
        proxy = new FaultProxy(await azurite.PortAsync());
        store = await AzureBlobObjectStore.OpenAsync(
            new() { Connection = AzuriteServer.ConnectionStringAt(proxy.Port), Container = options.Container, NetworkTimeout = StoreTimeout },
            TimeProvider.System, CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        if (proxy is not null)
            await proxy.DisposeAsync();
    }

    [Theory, InlineData(1), InlineData(2), InlineData(3), InlineData(4)]
    public async Task Clients_that_send_again_until_they_are_answered_have_each_message_there_once(int seed)
    {
        await using var partition = await bench.OpenAsync(store);
        proxy.AtRandom(
            seed, 0.3, ProxyFault.ResetBefore, ProxyFault.LoseAnswer, ProxyFault.CutUpload, ProxyFault.Answer(500), ProxyFault.Answer(503), ProxyFault.Answer(429));

        var atRandom = proxy.Decide!;
        var appends = 0;
        proxy.Decide = request => request.IsAppend && Interlocked.Increment(ref appends) == 2 ? ProxyFault.LoseAnswer : atRandom(request);

        var receipts = await Task.WhenAll(Enumerable.Range(0, 6).Select(client => SendAllAsync(partition, client, count: 20))).WaitAsync(AtMost);

        Assert.False(partition.Fenced.IsCompleted);
        Assert.Contains(proxy.History, h => h.Request.IsAppend && h.Fault.Kind == ProxyFaultKind.LoseAnswer);
        proxy.Decide = null;
        await AssertHeldAsync([.. receipts.SelectMany(r => r)]);
    }

    [Theory, InlineData(ProxyFaultKind.Hang, 0), InlineData(ProxyFaultKind.Answer, 503), InlineData(ProxyFaultKind.ResetBefore, 0)]
    public async Task A_service_that_is_away_is_told_in_time_and_its_return_is_noticed(ProxyFaultKind kind, int status)
    {
        await using var partition = await bench.OpenAsync(store);
        var before = await RecordAsync(partition, Message("before", mailbox));
        proxy.Decide = _ => new ProxyFault(kind, status);

        var started = Stopwatch.GetTimestamp();
        var meanwhile = Message("meanwhile", mailbox);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => RecordAsync(partition, meanwhile));
        Assert.True(Stopwatch.GetElapsedTime(started) < 2 * StoreTimeout, "Second tries make the wait longer.");
        Assert.Equal(PartitionHealth.Unavailable, partition.Health);
        Assert.True(RecordAsync(partition, Message("refused", mailbox)).IsFaulted, "What can't be kept is refused at once.");

        proxy.Decide = null;
        await HealthyAsync(partition);
        var after = await RecordAsync(partition, meanwhile);
        await AssertHeldAsync([before.Id, after.Id]);
    }

    [Fact]
    public async Task What_waits_for_a_service_that_hangs_is_bounded()
    {
        var limit = bench.Options.MaxWaitingBytes = 100_000;
        await using var partition = await bench.OpenAsync(store);
        proxy.Decide = request => request.IsAppend ? ProxyFault.Hang : ProxyFault.None;
        var first = RecordAsync(partition, Large(0));
        while (!proxy.History.Any(h => h.Fault.Kind == ProxyFaultKind.Hang))
            await Task.Yield();

        var sent = Enumerable.Range(1, 100).Select(i => RecordAsync(partition, Large(i))).ToArray();

        Assert.InRange(sent.Count(task => !task.IsCompleted) * 10_000L, 10_000, limit);
        await Task.WhenAll(sent.Append(first).Select(task => Assert.ThrowsAsync<StoreUnavailableException>(() => task)));
        proxy.Decide = null;
        await HealthyAsync(partition);
        var all = await ListAllAsync(partition, mailbox);
        Assert.Single(all); // the one that was on its way is there, though its client was told to send it again
    }

    [Fact]
    public async Task A_refusal_that_the_service_invents_gives_the_partition_up_and_the_next_owner_goes_on()
    {
        var first = await bench.OpenAsync(store);
        var before = await RecordAsync(first, Message("before", mailbox));
        proxy.Decide = request => request.IsAppend ? ProxyFault.Answer(412) : ProxyFault.None;

        await Assert.ThrowsAsync<StoreUnavailableException>(() => RecordAsync(first, Message("refused", mailbox)));

        await first.Fenced.WaitAsync(AtMost);
        proxy.Decide = null;
        await first.DisposeAsync();
        await using var second = await bench.OpenAsync(store);
        var after = await RecordAsync(second, Message("after", mailbox));
        await AssertHeldAsync([before.Id, after.Id]);
    }

    private static PartitionOptions Options()
    {
        var options = PartitionOptions.ForBlobs();
        (options.StoreTimeout, options.ProbeInterval, options.MaxLogAppends) = (StoreTimeout, TimeSpan.FromMilliseconds(200), 10);
        return options;
    }

    private static Task<RecordReceipt> RecordAsync(IPartition partition, MessageSubmission submission) =>
        partition.RecordAsync(Domain, submission, CancellationToken.None).AsTask();

    private MessageSubmission Large(int number) => Message($"{number}{new string('x', 9_900)}", mailbox);

    private async Task<List<MessageId>> SendAllAsync(IPartition partition, int client, int count)
    {
        var receipts = new List<MessageId>();
        for (var i = 0; i < count; i++)
            receipts.Add(await SendAsync(partition, Message($"message {i} of {client}", mailbox)));
        return receipts;
    }

    // As a client does: the same message, in a transaction of its own each time.
    private static async Task<MessageId> SendAsync(IPartition partition, MessageSubmission submission)
    {
        while (true)
        {
            try
            {
                return (await RecordAsync(partition, submission with { Id = Ulid.NewUlid() })).Id;
            }
            catch (StoreUnavailableException)
            {
                await HealthyAsync(partition);
            }
        }
    }

    private static async Task HealthyAsync(IPartition partition)
    {
        var started = Stopwatch.GetTimestamp();
        while (partition.Health != PartitionHealth.Healthy)
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < AtMost && !partition.Fenced.IsCompleted, "It did not come back.");
            await Task.Delay(10);
        }
    }

    /// <summary>The next owner, which has no proxy before it, finds exactly these.</summary>
    private async Task AssertHeldAsync(IReadOnlyCollection<MessageId> expected)
    {
        await using var next = await bench.OpenAsync(direct);
        var all = await ListAllAsync(next, mailbox);
        Assert.Equal(expected.Select(id => id.ToString()).Order(), all.Select(m => m.Id.ToString()).Order());
        Assert.Equal(all.Select(m => m.Sequence).Order().Distinct(), all.Select(m => m.Sequence));
    }
}
