using System.Collections.Concurrent;
using CsCheck;
using Microsoft.Extensions.Time.Testing;
using OrleansMail.Contracts;
using OrleansMail.Contracts.Messages;
using OrleansMail.Storage.Partitions;
using OrleansMail.Storage.Tests.Partitions;
using OrleansMail.Testing.Stores;
using static OrleansMail.Storage.Tests.Partitions.PartitionBench;

namespace OrleansMail.Storage.Tests.Faults;

/// <summary>The power goes at any operation that changes the store, also at those of opening and closing, again and again.</summary>
public sealed class PowerCutTests
{
    private static readonly long Iterations = Environment.GetEnvironmentVariable("ORLEANSMAIL_TESTS_LONG") == "1" ? 10_000 : 300;

    private static readonly Gen<StoreFault> Deaths = Gen.Enum<StoreFault>().Where(fault => fault >= StoreFault.DiesBefore);

    [Theory]
    [InlineData(0)]
    [InlineData(100_000)]
    public Task What_was_acknowledged_is_there_once_wherever_the_power_went(int preallocated) =>
        Gen.Select(Gen.Int[1, 12], Deaths).Array[1, 8].SampleAsync(cuts => PlayAsync(cuts, preallocated), iter: Iterations);

    private static async Task PlayAsync((int Mutation, StoreFault How)[] cuts, int preallocated)
    {
        var history = new History(new MemoryObjectStore { Preallocated = preallocated });
        foreach (var (mutation, how) in cuts)
            await history.LiveUntilAsync(mutation, how);
        await history.CheckAsync();
    }

    private sealed class History(MemoryObjectStore survivor)
    {
        private const int Rounds = 4;
        private readonly Incarnation mailbox = NewIncarnation();
        private readonly HashSet<Ulid> acknowledged = [];
        private readonly ConcurrentDictionary<Ulid, MessageSubmission> sent = []; // one that died may still be sending

        // Its clock stands still: what waits for a second try when the power has gone waits for ever, and takes no time.
        private readonly PartitionBench bench = new()
        {
            Time = new FakeTimeProvider(DateTimeOffset.UtcNow),
            Options = new PartitionOptions { DedicatedThread = false, MaxLogAppends = 3, RecentRecords = 4 },
        };

        public async Task LiveUntilAsync(int mutation, StoreFault how)
        {
            var store = new FaultyObjectStore(survivor);
            store.Script.DieAt(mutation, how);
            var life = Task.Run(() => LiveAsync(store));
            if (await Task.WhenAny(life, store.Script.Died) == life && !store.Script.IsDead)
                await life;
            survivor = survivor.Crash();
            await CheckAsync();
        }

        /// <summary>Opens it as the next owner does, sound, and compares.</summary>
        public async Task CheckAsync()
        {
            await using var partition = await bench.OpenAsync(survivor);
            var all = await ListAllAsync(partition, mailbox);
            lock (acknowledged)
                Assert.Empty(acknowledged.Except(all.Select(m => m.Id.Record)));
            Assert.Equal(all.Count, all.Select(m => m.Id).Distinct().Count());
            Assert.Equal(all.Select(m => m.Sequence).Order().Distinct(), all.Select(m => m.Sequence));
            foreach (var message in all)
                Assert.Equal(sent[message.Id.Record].Payload.Inline.ToArray(), await ReadRawAsync(survivor, message));
        }

        private async Task LiveAsync(FaultyObjectStore store)
        {
            var partition = await bench.OpenAsync(store);
            for (var round = 0; round < Rounds; round++)
                await Task.WhenAll(Enumerable.Range(0, round + 1).Select(i => RecordAsync(partition, Message($"message {i} of {sent.Count}", mailbox))));
            await partition.DisposeAsync();
        }

        private async Task RecordAsync(IPartition partition, MessageSubmission submission)
        {
            sent[submission.Id] = submission;
            var receipt = await partition.RecordAsync(Domain, submission, CancellationToken.None);
            lock (acknowledged)
                acknowledged.Add(receipt.Id.Record);
        }
    }
}
