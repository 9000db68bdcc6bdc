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
        var bench = new PartitionBench { Store = store, Time = time, Options = new() { DedicatedThread = false, MaxLogAppends = 3, ProbeInterval = TimeSpan.FromMilliseconds(1), Linger = TimeSpan.FromMilliseconds(1), LingerRate = 0 } };
        var partition = await bench.OpenAsync();
        foreach (var seconds in jumps)
        {
            var message = Message($"message at {seconds}", mailbox);
            Assert.Equal(RecordOutcome.Recorded, (await RecordAcrossAsync(partition, message, store, time, TimeSpan.FromSeconds(seconds))).Outcome);
            Assert.Equal(message.Id, (await RecordAsync(partition, message with { Id = Ulid.NewUlid() })).Id.Record);
            Assert.False(await partition.WaitAsync(Domain, mailbox, long.MaxValue - 1, TimeSpan.FromMilliseconds(1), CancellationToken.None));
        }

        await partition.DisposeAsync();
        await using var next = await bench.OpenAsync();
        Assert.Equal(Enumerable.Range(1, jumps.Length).Select(i => (long)i), (await ListAllAsync(next, mailbox)).Select(m => m.Sequence));
    }

    [Fact]
    public async Task A_reader_waits_its_time_whatever_the_clock_says()
    {
        var time = new JumpingTime();
        var mailbox = NewIncarnation();
        await using var store = new MemoryObjectStore(time);
        await using var partition = await new PartitionBench { Store = store, Time = time }.OpenAsync();
        var wait = partition.WaitAsync(Domain, mailbox, after: 1, TimeSpan.FromMilliseconds(500), CancellationToken.None).AsTask();
        time.Offset = TimeSpan.FromHours(-1);

        await RecordAsync(partition, Message("wakes the reader, and is not what it waits for", mailbox));

        Assert.False(await wait.WaitAsync(TimeSpan.FromSeconds(30)));
    }

    // The clock jumps while the store writes, and what looks after stalled writes has looked since.
    private static async Task<RecordReceipt> RecordAcrossAsync(IPartition partition, MessageSubmission message, MemoryObjectStore store, JumpingTime time, TimeSpan jump)
    {
        Task<RecordReceipt> record;
        using (store.Faults.HoldAppends())
        {
            record = RecordAsync(partition, message);
            await store.Faults.AppendHeld;
            time.Offset = jump;
            await time.NextTick;
            await time.NextTick;
        }

        return await record;
    }

    private static Task<RecordReceipt> RecordAsync(IPartition partition, MessageSubmission submission) =>
        partition.RecordAsync(Domain, submission, CancellationToken.None).AsTask().WaitAsync(TimeSpan.FromSeconds(30));

    // As a machine's: what measures spans does not jump.
    private sealed class JumpingTime : TimeProvider
    {
        private volatile TaskCompletionSource tick = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private long offset;

        public TimeSpan Offset { set => Volatile.Write(ref offset, value.Ticks); }

        /// <summary>A periodic timer has done its work.</summary>
        public Task NextTick => tick.Task.WaitAsync(TimeSpan.FromSeconds(30));

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + TimeSpan.FromTicks(Volatile.Read(ref offset));

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            period == Timeout.InfiniteTimeSpan ? base.CreateTimer(callback, state, dueTime, period) : base.CreateTimer(s => Tick(callback, s), state, dueTime, period);

        private void Tick(TimerCallback callback, object? state)
        {
            callback(state);
            // Timers overlap: each signal is taken out by one of them, and none is lost to whoever waits for it.
            Interlocked.Exchange(ref tick, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
        }
    }
}
