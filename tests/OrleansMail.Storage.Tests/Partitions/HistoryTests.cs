using CsCheck;
using OrleansMail.Contracts;
using OrleansMail.Contracts.Messages;
using OrleansMail.Testing.Stores;
using static OrleansMail.Storage.Tests.Partitions.PartitionBench;

namespace OrleansMail.Storage.Tests.Partitions;

/// <summary>Random histories against a model: what was acknowledged is there exactly once, whatever crashes.</summary>
public sealed class HistoryTests
{
    private static readonly long Iterations = Environment.GetEnvironmentVariable("ORLEANSMAIL_TESTS_LONG") == "1" ? 2000 : 60;

    private enum Step
    {
        Record,
        RecordMany,
        Repeat,
        Seen,
        Restart,
        Crash,
        CrashDuringAppend,
        LostAnswer,
        Poison,
    }

    [Fact]
    public Task What_was_acknowledged_is_there_exactly_once_in_rising_sequence() =>
        Gen.Select(Gen.Enum<Step>(), Gen.Int[0, 3], Gen.Enum<TornWrite>()).Array[1, 40].SampleAsync(PlayAsync, iter: Iterations);

    private static async Task PlayAsync((Step Step, int Choice, TornWrite Torn)[] steps)
    {
        var bench = new PartitionBench { Options = new() { DedicatedThread = false, MaxLogAppends = 7, RecentRecords = 4 } };
        var model = new Model(bench, await bench.OpenAsync());
        foreach (var (step, choice, torn) in steps)
            await model.PlayAsync(step, choice, torn);
        await model.RestartAsync(crash: TornWrite.Dropped);
        await model.Partition.DisposeAsync();
    }

    private sealed class Model(PartitionBench bench, IPartition partition)
    {
        private readonly Incarnation[] mailboxes = [NewIncarnation(), NewIncarnation(), NewIncarnation(), NewIncarnation()];
        private readonly List<(MessageSubmission Submission, MessageId Id)> acknowledged = [];
        private readonly HashSet<Ulid> seen = [];
        private readonly HashSet<Ulid> uncertain = [];
        private int next;

        public IPartition Partition { get; private set; } = partition;

        public async Task PlayAsync(Step step, int choice, TornWrite torn)
        {
            switch (step)
            {
                case Step.Record:
                    await RecordAsync(NewMessage(choice));
                    break;
                case Step.RecordMany:
                    await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => RecordAsync(NewMessage(choice))));
                    break;
                case Step.Repeat when acknowledged.FindLast(a => !seen.Contains(a.Id.Record)) is { Submission: { } original } found:
                    var receipt = await RecordCoreAsync(original with { Id = Ulid.NewUlid() });
                    Assert.Equal(new RecordReceipt(RecordOutcome.Repeated, found.Id), receipt);
                    break;
                case Step.Seen when acknowledged.Count > 0:
                    seen.Add(acknowledged[^1].Id.Record);
                    Partition.MarkSeen([acknowledged[^1].Id.Record]);
                    break;
                case Step.Restart:
                    await RestartAsync(crash: null);
                    break;
                case Step.Crash:
                    await RestartAsync(torn);
                    break;
                case Step.CrashDuringAppend:
                    await CrashDuringAppendAsync(NewMessage(choice), torn);
                    break;
                case Step.LostAnswer:
                    bench.Store.Faults.NextAppend(AppendFault.LostAnswer);
                    await RecordAsync(NewMessage(choice));
                    break;
                case Step.Poison:
                    await PoisonAsync(NewMessage(choice));
                    break;
            }
        }

        public async Task RestartAsync(TornWrite? crash)
        {
            if (crash is { } torn)
                bench.Store = bench.Store.Crash(torn);
            else
                await Partition.DisposeAsync();
            Partition = await bench.OpenAsync();
            foreach (var mailbox in mailboxes)
                await CheckAsync(mailbox);
        }

        private MessageSubmission NewMessage(int choice) => Message($"message {next++}", [.. mailboxes.Take(choice + 1)]);

        private async Task RecordAsync(MessageSubmission submission)
        {
            var receipt = await RecordCoreAsync(submission);
            Assert.Equal(new RecordReceipt(RecordOutcome.Recorded, new MessageId(submission.Id, Domain.Number, 0)), receipt);
            lock (acknowledged)
                acknowledged.Add((submission, receipt.Id));
        }

        private async Task<RecordReceipt> RecordCoreAsync(MessageSubmission submission) =>
            await Partition.RecordAsync(Domain, submission, CancellationToken.None);

        private async Task CrashDuringAppendAsync(MessageSubmission submission, TornWrite torn)
        {
            bench.Store.Faults.HoldAppends();
            var lost = RecordCoreAsync(submission);
            await bench.Store.Faults.AppendHeld;
            uncertain.Add(submission.Id);
            await RestartAsync(torn);
            Assert.False(lost.IsCompletedSuccessfully);
        }

        private async Task PoisonAsync(MessageSubmission submission)
        {
            bench.Store.Faults.NextAppend(AppendFault.Poisoned);
            try
            {
                await RecordAsync(submission);
            }
            catch (Contracts.Storage.StoreUnavailableException)
            {
                uncertain.Add(submission.Id);
            }

            for (var tries = 0; Partition.Health != PartitionHealth.Healthy; tries++)
            {
                Assert.True(tries < 10_000 && !Partition.Fenced.IsCompleted, "The log was not left.");
                await Task.Delay(1);
            }
        }

        private async Task CheckAsync(Incarnation mailbox)
        {
            var all = await ListAllAsync(Partition, mailbox);
            var ids = all.Select(m => m.Id.Record).ToList();
            var expected = acknowledged.Where(a => a.Submission.Mailboxes.Any(m => m.Incarnation == mailbox)).Select(a => a.Id.Record).ToList();
            Assert.Equal(expected.Order(), ids.Where(id => !uncertain.Contains(id)).Order());
            Assert.Equal(ids.Count, ids.Distinct().Count());
            Assert.Equal(all.Select(m => m.Sequence).Order().Distinct(), all.Select(m => m.Sequence));
            foreach (var message in all)
                Assert.Equal(message.Sha256.ToArray(), System.Security.Cryptography.SHA256.HashData(await ReadRawAsync(bench.Store, message)));
        }
    }
}
