using System.Collections.Concurrent;
using CsCheck;
using OrleansMail.Contracts;
using OrleansMail.Contracts.Storage;
using OrleansMail.Storage.Logs;
using OrleansMail.Storage.Tests.Partitions;
using OrleansMail.Testing.Stores;
using static OrleansMail.Storage.Tests.Partitions.PartitionBench;

namespace OrleansMail.Storage.Tests.Faults;

/// <summary>
/// Three owners believe to have one partition, in any interleaving of their operations, with answers lost and requests that arrive when their
/// owner is long fenced off. One that is not given its turn for long is a zombie that wakes late.
/// </summary>
public sealed class OwnersTests
{
    private const int Owners = 3;
    private static readonly long Iterations = Environment.GetEnvironmentVariable("ORLEANSMAIL_TESTS_LONG") == "1" ? 20_000 : 1000;

    private enum Turn
    {
        Plain,
        PlainToo,
        AndAgain,
        Unavailable,
        LostAnswer,
        Late,
        DeliverLate,
    }

    [Fact]
    public Task Nothing_acknowledged_is_lost_or_there_twice_whichever_owner_comes_when() =>
        Gen.Select(Gen.Int[0, Owners - 1], Gen.Enum<Turn>()).Array[0, 120].SampleAsync(PlayAsync, iter: Iterations);

    private static async Task PlayAsync((int Owner, Turn Turn)[] turns)
    {
        await using var model = new Model();
        foreach (var (owner, turn) in turns)
            await model.TakeAsync(owner, turn);
        await model.EndAsync();
    }

    private sealed class Model : IAsyncDisposable
    {
        private const int Messages = 6;
        private readonly MemoryObjectStore shared = new();
        private readonly OwnerSchedule schedule = new(Owners);
        private readonly Incarnation mailbox = NewIncarnation();
        private readonly ConcurrentBag<Ulid> acknowledged = [];
        private readonly FaultyObjectStore[] stores;
        private readonly IPartition?[] opened = new IPartition?[Owners];
        private readonly Task[] lives;
        private readonly PartitionBench bench = new() { Time = new HastyTime(), Options = new() { DedicatedThread = false, MaxLogAppends = 4, RecentRecords = 4, UpkeepInterval = Timeout.InfiniteTimeSpan } };

        public Model()
        {
            stores = [.. Enumerable.Range(0, Owners).Select(_ => new FaultyObjectStore(shared))];
            for (var owner = 0; owner < Owners; owner++)
                schedule.Hold(stores[owner], owner);
            lives = [.. Enumerable.Range(0, Owners).Select(owner => Task.Run(() => LiveAsync(owner)))];
        }

        public async Task TakeAsync(int owner, Turn turn)
        {
            if (turn == Turn.DeliverLate)
            {
                foreach (var store in stores)
                    await store.Script.DeliverLateAsync();
                return;
            }

            var fault = turn switch
            {
                Turn.Unavailable => StoreFault.Unavailable,
                Turn.LostAnswer => StoreFault.LostAnswer,
                Turn.Late => StoreFault.Late,
                _ => StoreFault.None,
            };
            await schedule.StepAsync(owner, fault);
            for (var again = 0; turn == Turn.AndAgain && again < 5; again++)
                await schedule.StepAsync(owner, fault);
        }

        public async Task EndAsync()
        {
            schedule.LetGo();
            await Task.WhenAll(lives).WaitAsync(TimeSpan.FromSeconds(30));
            foreach (var store in stores)
            {
                while (await store.Script.DeliverLateAsync())
                    continue;
            }

            Assert.InRange(await CountOwnersAsync(), 0, 1);
            AssertNoneBehindALaterFence();
            await AssertAllThereAsync();
        }

        public async ValueTask DisposeAsync()
        {
            schedule.LetGo();
            await Task.WhenAll(opened.OfType<IPartition>().Select(async partition => await partition.DisposeAsync()));
            await shared.DisposeAsync();
        }

        private async Task LiveAsync(int owner)
        {
            try
            {
                opened[owner] = await bench.OpenAsync(stores[owner]);
                for (var i = 0; i < Messages; i++)
                    await RecordAsync(opened[owner]!, $"message {i} of {owner}");
            }
            catch (StoreUnavailableException)
            {
                // Fenced off, or not let in.
            }
            finally
            {
                schedule.Finished(owner);
            }
        }

        private async Task RecordAsync(IPartition partition, string text) =>
            acknowledged.Add((await partition.RecordAsync(Domain, Message(text, mailbox), CancellationToken.None)).Id.Record);

        private async Task<int> CountOwnersAsync()
        {
            var count = 0;
            foreach (var (owner, partition) in opened.Index())
            {
                try
                {
                    if (partition is null)
                        continue;
                    await RecordAsync(partition, $"last of {owner}");
                    count++;
                }
                catch (StoreUnavailableException)
                {
                    Assert.True(partition!.Fenced.IsCompleted);
                }
            }

            return count;
        }

        private async Task AssertAllThereAsync()
        {
            await using var next = await bench.OpenAsync(shared);
            var all = await ListAllAsync(next, mailbox);
            Assert.Empty(acknowledged.Except(all.Select(m => m.Id.Record)));
            Assert.Equal(all.Count, all.Select(m => m.Id).Distinct().Count());
            Assert.Equal(all.Select(m => m.Sequence).Order().Distinct(), all.Select(m => m.Sequence));
        }

        private void AssertNoneBehindALaterFence()
        {
            foreach (var path in shared.Paths.Where(path => path.EndsWith(".log", StringComparison.Ordinal)))
            {
                var (octets, epoch) = (shared.Read(path), 0u);
                for (var position = 0; position < octets.Length;)
                {
                    Assert.True(LogRecordHeader.TryRead(octets.AsSpan(position), out var header), $"Not a record at {position} of {path}.");
                    Assert.True(header.Epoch >= epoch, $"A record of epoch {header.Epoch} behind one of {epoch} in {path}.");
                    (epoch, position) = (header.Epoch, position + header.Length);
                }
            }
        }
    }
}
