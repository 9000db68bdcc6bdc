using CsCheck;
using OrleansMail.Contracts.Messages;
using OrleansMail.Storage.Tests.Partitions;
using OrleansMail.Testing.Stores;
using static OrleansMail.Storage.Tests.Partitions.PartitionBench;

namespace OrleansMail.Storage.Tests.Faults;

/// <summary>The wall clock is set forth and back, by seconds or days, while mail comes in.</summary>
public sealed class ClockTests
{
    [Fact]
    public Task A_clock_that_jumps_holds_nothing_up_and_a_repeat_within_the_window_is_still_one() =>
        Gen.Int[-80_000, 80_000].Array[1, 10].SampleAsync(PlayAsync, iter: 50);

    private static async Task PlayAsync(int[] jumps)
    {
        var time = new JumpingTime();
        var mailbox = NewIncarnation();
        await using var store = new MemoryObjectStore(time);
        var bench = new PartitionBench { Store = store, Time = time, Options = new() { DedicatedThread = false, MaxLogAppends = 3, Linger = TimeSpan.FromMilliseconds(1), LingerRate = 0 } };
        var partition = await bench.OpenAsync();
        foreach (var seconds in jumps)
        {
            var message = Message($"message at {seconds}", mailbox);
            Assert.Equal(RecordOutcome.Recorded, (await RecordAsync(partition, message)).Outcome);
            time.Offset = TimeSpan.FromSeconds(seconds);
            Assert.Equal(message.Id, (await RecordAsync(partition, message with { Id = Ulid.NewUlid() })).Id.Record);
            Assert.False(await partition.WaitAsync(Domain, mailbox, long.MaxValue - 1, TimeSpan.FromMilliseconds(1), CancellationToken.None));
        }

        await partition.DisposeAsync();
        await using var next = await bench.OpenAsync();
        Assert.Equal(Enumerable.Range(1, jumps.Length).Select(i => (long)i), (await ListAllAsync(next, mailbox)).Select(m => m.Sequence));
    }

    private static Task<RecordReceipt> RecordAsync(IPartition partition, MessageSubmission submission) =>
        partition.RecordAsync(Domain, submission, CancellationToken.None).AsTask().WaitAsync(TimeSpan.FromSeconds(30));

    // As a machine's: what measures spans does not jump.
    private sealed class JumpingTime : TimeProvider
    {
        public TimeSpan Offset { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Offset;
    }
}
