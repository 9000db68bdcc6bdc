using OrleansMail.Contracts;
using OrleansMail.Contracts.Messages;
using OrleansMail.Contracts.Storage;
using OrleansMail.Storage.Logs;
using OrleansMail.Testing.Stores;
using static OrleansMail.Storage.Tests.Partitions.PartitionBench;

namespace OrleansMail.Storage.Tests.Partitions;

public sealed class RecoveryTests
{
    private readonly Incarnation mailbox = NewIncarnation();

    [Theory, CombinatorialTorn]
    public async Task A_torn_tail_is_cut_and_never_served(TornWrite torn, int preallocated)
    {
        var log = new RecordedLog();
        var bench = new PartitionBench { Store = new() { Preallocated = preallocated }, Loggers = log };
        var partition = await bench.OpenAsync();
        for (var i = 0; i < 3; i++)
            await RecordAsync(partition, Message($"kept {i}", mailbox));
        bench.Store.Faults.HoldAppends();
        var lost = RecordAsync(partition, Message("lost", mailbox));
        await bench.Store.Faults.AppendHeld;
        var found = bench.Store.Crash(torn);

        for (var round = 0; round < 3; round++)
        {
            var reopened = await bench.OpenAsync(found);
            var subjects = (await ListAllAsync(reopened, mailbox)).Select(FailureTests.Subject).ToList();
            Assert.Equal(["kept 0", "kept 1", "kept 2"], subjects.Take(3));
            Assert.Equal(torn == TornWrite.Whole ? 4 : 3, subjects.Count(s => s is "lost" || s.StartsWith("kept", StringComparison.Ordinal)));
            await RecordAsync(reopened, Message($"after {round}", mailbox));
            found = found.Crash();
        }

        await using var last = await bench.OpenAsync(found);
        Assert.Equal(torn == TornWrite.Whole ? 7 : 6, (await ListAllAsync(last, mailbox)).Count);
        Assert.Equal(torn is TornWrite.Whole or TornWrite.Dropped ? 0 : 1, log.Count("TornTail"));
        Assert.Equal(0, log.Count("LogDamaged"));
        Assert.False(lost.IsCompletedSuccessfully);
    }

    [Theory, InlineData(0), InlineData(4096)]
    public async Task Sound_records_behind_a_torn_one_of_their_batch_are_cut_with_it(int preallocated)
    {
        var log = new RecordedLog();
        var bench = new PartitionBench
        {
            Store = new() { Preallocated = preallocated },
            Loggers = log,
            Options = new() { DedicatedThread = false, Linger = TimeSpan.FromMilliseconds(200), LingerRate = 0, LingerBelow = int.MaxValue },
        };
        var partition = await bench.OpenAsync();
        await RecordAsync(partition, Message("kept", mailbox));
        bench.Store.Faults.HoldAppends();
        var lost = Enumerable.Range(0, 5).Select(i => RecordAsync(partition, Message($"lost {i}", mailbox))).ToList();
        await bench.Store.Faults.AppendHeld;

        await using var reopened = await bench.OpenAsync(bench.Store.Crash(TornWrite.Suffix));

        Assert.Equal(["kept"], (await ListAllAsync(reopened, mailbox)).Select(FailureTests.Subject));
        Assert.Equal((1, 0), (log.Count("TornTail"), log.Count("LogDamaged")));
        Assert.DoesNotContain(lost, l => l.IsCompletedSuccessfully);
    }

    [Theory, InlineData(1), InlineData(20), InlineData(60), InlineData(300), InlineData(-9)]
    public async Task A_corrupt_middle_is_reported_and_costs_only_what_it_hit(int offset)
    {
        var log = new RecordedLog();
        var bench = new PartitionBench { Loggers = log };
        var partition = await bench.OpenAsync();
        for (var i = 0; i < 10; i++)
            await RecordAsync(partition, Message($"message {i}", mailbox));
        var damaged = (await ListAllAsync(partition, mailbox))[4];
        var following = (await ListAllAsync(partition, mailbox))[5];
        var found = bench.Store.Crash();
        found.FlipBit(damaged.Location.Path, (offset < 0 ? damaged.Location.Offset : PreviousEnd(found, damaged, offset)) + Math.Max(0, offset), 3);

        await using var reopened = await bench.OpenAsync(found);

        Assert.Equal([1, 2, 3, 4, 6, 7, 8, 9, 10], (await ListAllAsync(reopened, mailbox)).Select(m => m.Sequence));
        Assert.Null(await reopened.FindAsync(Domain, damaged.Id, CancellationToken.None));
        Assert.NotNull(await reopened.FindAsync(Domain, following.Id, CancellationToken.None));
        Assert.Equal(1, log.Count("LogDamaged"));
        await RecordAsync(reopened, Message("after", mailbox));
        Assert.Equal(11, (await ListAllAsync(reopened, mailbox))[^1].Sequence);
    }

    [Fact]
    public async Task A_record_damaged_while_the_partition_is_open_is_not_served_and_hides_no_other()
    {
        var bench = new PartitionBench { Options = new() { DedicatedThread = false, RecentRecords = 0 } };
        await using var partition = await bench.OpenAsync();
        for (var i = 0; i < 5; i++)
            await RecordAsync(partition, Message($"message {i}", mailbox));
        var damaged = (await ListAllAsync(partition, mailbox))[2];
        bench.Store.FlipBit(damaged.Location.Path, damaged.Location.Offset - 40, 0);

        Assert.Equal([1, 2, 4, 5], (await ListAllAsync(partition, mailbox)).Select(m => m.Sequence));
        await Assert.ThrowsAsync<PayloadDamagedException>(() => partition.FindAsync(Domain, damaged.Id, CancellationToken.None).AsTask());
    }

    [Fact]
    public async Task A_damaged_seal_does_not_hide_the_logs_behind_it()
    {
        var log = new RecordedLog();
        var bench = new PartitionBench { Loggers = log, Options = new() { DedicatedThread = false, MaxLogAppends = 3, KeepLogs = true } };
        var partition = await bench.OpenAsync();
        for (var i = 0; i < 10; i++)
            await RecordAsync(partition, Message($"message {i}", mailbox));
        var found = bench.Store.Crash();
        var path = found.Paths.First(p => p.EndsWith(".log", StringComparison.Ordinal));
        found.FlipBit(path, found.Read(path).Length - 20, 1);

        await using var reopened = await bench.OpenAsync(found);

        Assert.Equal(10, (await ListAllAsync(reopened, mailbox)).Count);
        Assert.Equal(1, log.Count("LogLost"));
    }

    [Fact]
    public async Task A_log_that_is_missing_in_the_middle_costs_only_what_was_in_it()
    {
        var log = new RecordedLog();
        var bench = new PartitionBench { Loggers = log, Options = new() { DedicatedThread = false, MaxLogAppends = 3, KeepLogs = true } };
        var partition = await bench.OpenAsync();
        for (var i = 0; i < 10; i++)
            await RecordAsync(partition, Message($"message {i}", mailbox));
        var all = await ListAllAsync(partition, mailbox);
        var found = bench.Store.Crash();
        var missing = all[5].Location.Path;
        await found.DeleteAsync(missing, null, CancellationToken.None);

        for (var round = 0; round < 2; round++)
        {
            var reopened = await bench.OpenAsync(found);
            var kept = (await ListAllAsync(reopened, mailbox)).Take(all.Count(m => m.Location.Path != missing));
            Assert.Equal(all.Where(m => m.Location.Path != missing).Select(m => m.Sequence), kept.Select(m => m.Sequence));
            Assert.Equal(1, log.Count("LogLost"));
            Assert.Equal(1, log.Count("LogDamaged")); // the gap
            await RecordAsync(reopened, Message($"after {round}", mailbox));
            Assert.Equal(11 + round, (await ListAllAsync(reopened, mailbox))[^1].Sequence);
            log.Clear();
            found = found.Crash();
        }
    }

    [Fact]
    public async Task The_newest_records_are_in_memory_after_a_recovery_too()
    {
        var bench = new PartitionBench { Options = new() { DedicatedThread = false, RecentRecords = 10 } };
        var partition = await bench.OpenAsync();
        for (var i = 0; i < 25; i++)
            await RecordAsync(partition, Message(new string('x', 100 - (i * 3)), mailbox));
        var before = await ListAllAsync(partition, mailbox);
        await using var reopened = await bench.OpenAsync(bench.Store = bench.Store.Crash());
        await reopened.GetUsageAsync(Domain, mailbox, CancellationToken.None); // reads the head
        var reads = bench.Store.Faults.Count("read");

        var newest = (await reopened.ListAsync(Domain, mailbox, 15, 100, CancellationToken.None)).Items;

        Assert.Equal(before.Skip(15).Select(m => (m.Id, m.Sequence, m.Location, FailureTests.Subject(m))), newest.Select(m => (m.Id, m.Sequence, m.Location, FailureTests.Subject(m))));
        Assert.Equal(reads, bench.Store.Faults.Count("read"));
        Assert.Equal(25, (await ListAllAsync(reopened, mailbox)).Count);
    }

    [Fact]
    public async Task A_damaged_part_full_of_what_looks_like_long_records_is_searched_in_one_pass()
    {
        var bench = new PartitionBench();
        var partition = await bench.OpenAsync();
        await RecordAsync(partition, Message("carrier --", mailbox));
        var fakes = FakeHeaders(256 * 1024 - 64, (await ListAllAsync(partition, mailbox))[0].Location.Offset);
        for (var i = 10; i < 50; i++)
        {
            var message = Message($"carrier {i}", mailbox);
            await RecordAsync(partition, message with { Payload = message.Payload with { Inline = fakes, Size = fakes.Length } });
        }

        await RecordAsync(partition, Message("last", mailbox));
        var carriers = (await ListAllAsync(partition, mailbox)).Skip(1).Take(40);
        var found = bench.Store.Crash();
        var path = carriers.First().Location.Path;
        var octets = found.Read(path);
        foreach (var carrier in carriers)
            octets[carrier.Location.Offset - 8] ^= 1;
        found.Overwrite(path, octets);

        await using var reopened = await bench.OpenAsync(found).WaitAsync(TimeSpan.FromSeconds(30)); // one pass takes a fraction of a second
        Assert.Equal(["carrier --", "last"], (await ListAllAsync(reopened, mailbox)).Select(FailureTests.Subject));
    }

    [Theory, InlineData(100), InlineData(9_000), InlineData(300_000)]
    public async Task Records_of_any_length_are_found_behind_damage(int recipients)
    {
        var bench = new PartitionBench();
        var partition = await bench.OpenAsync();
        await RecordAsync(partition, Message("first", mailbox));
        await RecordAsync(partition, Message("damaged", mailbox));
        var many = Enumerable.Range(0, recipients / 30).Select(i => $"a.recipient.of.many.{i:000000}@demo.test").ToArray();
        await RecordAsync(partition, Message("long", [Mailbox(mailbox, many)]));
        await RecordAsync(partition, Message("last", mailbox));
        var damaged = (await ListAllAsync(partition, mailbox))[1];
        var found = bench.Store.Crash();
        found.FlipBit(damaged.Location.Path, damaged.Location.Offset - 8, 1);

        await using var reopened = await bench.OpenAsync(found);
        Assert.Equal(["first", "long", "last"], (await ListAllAsync(reopened, mailbox)).Select(FailureTests.Subject));
    }

    // Headers, one behind the other, each of a record of 4 MB that its log could have next; where records may begin.
    private static byte[] FakeHeaders(int length, long position)
    {
        var header = new LogRecordHeader(
            LogRecordHeader.LengthOf(4_000_000, 0), 0, 1_000_000, 9, 1_000_000, 1, LogRecordType.MessageInline, LogRecordHeader.LastOfBatch, 4_000_000, 0);
        var record = new byte[header.PayloadOffset];
        header.Write(record, 0);
        var octets = new byte[length];
        for (var at = (int)(-position & 7); at + LogRecordHeader.Size <= length; at += LogRecordHeader.Size)
            record.AsSpan(0, LogRecordHeader.Size).CopyTo(octets.AsSpan(at));
        return octets;
    }

    [Fact]
    public async Task Octets_of_a_sender_that_look_like_a_record_are_never_taken_for_one()
    {
        var bench = new PartitionBench();
        var partition = await bench.OpenAsync();
        var victim = NewIncarnation();
        await RecordAsync(partition, Message("forged", victim));
        var forged = bench.Store.Read((await ListAllAsync(partition, victim))[0].Location.Path);
        var elsewhere = new PartitionBench();
        await using var target = await elsewhere.OpenAsync();
        var raw = new byte[forged.Length + 8];
        await RecordAsync(target, Message("first", mailbox));
        for (var shift = 0; shift < 8; shift++)
        {
            forged.CopyTo(raw, shift);
            var message = Message($"carrier {shift}", mailbox);
            await RecordAsync(target, message with { Payload = message.Payload with { Inline = raw.ToArray(), Size = raw.Length } });
        }

        await RecordAsync(target, Message("last", mailbox));
        var found = elsewhere.Store.Crash();
        var carriers = await ListAllAsync(target, mailbox);
        foreach (var carrier in carriers.Skip(1).Take(8))
            found.FlipBit(carrier.Location.Path, carrier.Location.Offset - 8, 0);

        await using var reopened = await elsewhere.OpenAsync(found);
        Assert.Empty(await ListAllAsync(reopened, victim));
        Assert.Equal(2, (await ListAllAsync(reopened, mailbox)).Count);
    }

    private static long PreviousEnd(MemoryObjectStore store, StoredMessage message, int offset)
    {
        // The record's header begins 48 octets and its metadata before the payload: found by the magic number of the format.
        var octets = store.Read(message.Location.Path);
        var at = message.Location.Offset - 48;
        while (octets[at + 38] != 0x4F || octets[at + 39] != 0x4D || octets[at + 36] != 1)
            at--;
        Assert.True(offset >= 0);
        return at;
    }

    private static Task<RecordReceipt> RecordAsync(IPartition partition, MessageSubmission submission) =>
        partition.RecordAsync(Domain, submission, CancellationToken.None).AsTask();

    private sealed class CombinatorialTornAttribute : Xunit.v3.DataAttribute
    {
        public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(System.Reflection.MethodInfo testMethod, Xunit.Sdk.DisposalTracker disposalTracker) =>
            new([.. from torn in Enum.GetValues<TornWrite>() from zeros in new[] { 0, 4096 } select (ITheoryDataRow)new TheoryDataRow(torn, zeros)]);

        public override bool SupportsDiscoveryEnumeration() => true;
    }
}
