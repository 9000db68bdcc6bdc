using CsCheck;
using OrleansMail.Contracts;
using OrleansMail.Contracts.Messages;
using OrleansMail.Contracts.Storage;
using OrleansMail.Storage.Partitions;
using OrleansMail.Storage.Verification;
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
        Delete,
        Flush,
        Maintain,
        Forget,
        Change,
        GiveChangeUp,
    }

    [Fact]
    public Task What_was_acknowledged_is_there_exactly_once_in_rising_sequence() =>
        Gen.Select(Gen.Enum<Step>(), Gen.Int[0, 3], Gen.Enum<TornWrite>()).Array[1, 40].SampleAsync(PlayAsync, iter: Iterations);

    private static async Task PlayAsync((Step Step, int Choice, TornWrite Torn)[] steps)
    {
        // Small logs, packs that are full at once, and domains that are carried over at times.
        var options = new PartitionOptions
        {
            DedicatedThread = false, MaxLogAppends = 5, RecentRecords = 4, FewDomains = steps.Length % 3, FlushBytes = 1500, MaxCarriedFiles = 2, MaxPackBytes = 4000, Grace = TimeSpan.FromMinutes(1),
            DeleteWithin = TimeSpan.FromHours(1),
        };
        var bench = new PartitionBench { Options = options };
        await StoreManifest.OpenAsync(bench.Store, 1, CancellationToken.None);
        var model = new Model(bench, await bench.OpenAsync());
        foreach (var (step, choice, torn) in steps)
            await model.PlayAsync(step, choice, torn);
        await model.RestartAsync(crash: TornWrite.Dropped);
        await model.Partition.FlushAsync(CancellationToken.None);
        await model.CheckAsync();
        await model.Partition.DisposeAsync();
    }

    private sealed class Model(PartitionBench bench, IPartition partition)
    {
        private static readonly DomainKey Other = Domain with { Domain = NewIncarnation(), Number = 8 };
        private readonly Incarnation[] mailboxes = [NewIncarnation(), NewIncarnation(), NewIncarnation(), NewIncarnation()];
        private readonly Incarnation otherMailbox = NewIncarnation();
        private readonly List<(MessageSubmission Submission, MessageId Id, DomainKey Domain)> acknowledged = [];
        private readonly HashSet<(Ulid, Incarnation)> deleted = [];
        private readonly HashSet<Incarnation> forgotten = [];
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
                case Step.Repeat when acknowledged.FindLast(a => !seen.Contains(a.Id.Record)) is { Submission: { } original } found
                    && !original.Mailboxes.Any(m => forgotten.Contains(m.Incarnation)):
                    var receipt = await Partition.RecordAsync(found.Domain, original with { Id = Ulid.NewUlid() }, CancellationToken.None);
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
                case Step.Delete when acknowledged.Count > 0:
                    await DeleteAsync(acknowledged[(choice * 7) % acknowledged.Count], choice);
                    break;
                case Step.Flush:
                    await Partition.FlushAsync(CancellationToken.None);
                    await CheckAsync();
                    break;
                case Step.Maintain:
                    await Partition.MaintainAsync(choice == 0 ? Other : Domain, RetentionPolicy.Keep with { Hold = choice == 3 }, CancellationToken.None);
                    await CheckAsync();
                    break;
                case Step.Forget when choice == 2 && forgotten.Count == 0:
                    await Partition.ForgetAsync(Domain, mailboxes[3], CancellationToken.None);
                    forgotten.Add(mailboxes[3]);
                    await CheckAsync();
                    break;
                case Step.Change or Step.GiveChangeUp:
                    await ChangeAsync(isMade: step == Step.Change);
                    break;
            }
        }

        // The same number would be no change: it is two, and the domains of the test stay in the first.
        private async Task ChangeAsync(bool isMade)
        {
            var changes = new PartitionChanges(bench.Store);
            var manifest = (await StoreManifest.ReadAsync(bench.Store, CancellationToken.None))!;
            var change = (await changes.BeginAsync(3 - manifest.Partitions, CancellationToken.None)).Next!;
            await Partition.CloseAsync(change.Number, CancellationToken.None);
            if (manifest.Partitions > 1)
                await CloseSecondAsync(change);
            await Assert.ThrowsAsync<Contracts.Storage.PartitionClosedException>(() => RecordAsync(NewMessage(0)));
            await Partition.DisposeAsync();
            manifest = await (isMade ? changes.CompleteAsync(change, CancellationToken.None) : changes.AbandonAsync(change, CancellationToken.None));
            bench.Partition = bench.Partition with { Generation = manifest.Generation };
            Partition = await bench.OpenAsync();
            await CheckAsync();
        }

        private async Task CloseSecondAsync(PartitionChange change)
        {
            var first = bench.Partition;
            bench.Partition = first with { Number = 1 };
            await using var second = await bench.OpenAsync();
            await second.CloseAsync(change.Number, CancellationToken.None);
            bench.Partition = first;
        }

        public async Task RestartAsync(TornWrite? crash)
        {
            if (crash is { } torn)
                bench.Store = bench.Store.Crash(torn);
            else
                await Partition.DisposeAsync();
            Partition = await bench.OpenAsync();
            await CheckAsync();
        }

        public async Task CheckAsync()
        {
            foreach (var mailbox in mailboxes)
                await CheckAsync(Domain, mailbox);
            await CheckAsync(Other, otherMailbox);
            Assert.Empty((await new StoreVerifier(bench.Store, TimeProvider.System).VerifyAsync(CancellationToken.None)).Mismatches); // beside its owner
        }

        private MessageSubmission NewMessage(int choice) => Message($"message {next++}", [.. mailboxes.Take(choice + 1).Where(m => !forgotten.Contains(m))]);

        private async Task RecordAsync(MessageSubmission submission)
        {
            var receipt = await RecordCoreAsync(submission);
            Assert.Equal(new RecordReceipt(RecordOutcome.Recorded, new MessageId(submission.Id, Domain.Number, 0)), receipt);
            var other = Message(Subject(submission), otherMailbox);
            var second = await Partition.RecordAsync(Other, other, CancellationToken.None);
            lock (acknowledged)
            {
                acknowledged.Add((other, second.Id, Other));
                acknowledged.Add((submission, receipt.Id, Domain));
            }
        }

        private static string Subject(MessageSubmission submission) => $"to the other domain {submission.Id}";

        private async Task DeleteAsync((MessageSubmission Submission, MessageId Id, DomainKey Domain) message, int choice)
        {
            var place = choice % message.Submission.Mailboxes.Count;
            var mailbox = message.Submission.Mailboxes[place].Incarnation;
            var isThere = !deleted.Contains((message.Id.Record, mailbox)) && !forgotten.Contains(mailbox);
            Assert.Equal(isThere, await Partition.DeleteAsync(message.Domain, message.Id with { Place = place }, CancellationToken.None));
            Assert.Null(await Partition.FindAsync(message.Domain, message.Id with { Place = place }, CancellationToken.None));
            deleted.Add((message.Id.Record, mailbox));
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

        private async Task CheckAsync(DomainKey domain, Incarnation mailbox)
        {
            var all = await ListAllAsync(Partition, mailbox, domain);
            var ids = all.Select(m => m.Id.Record).ToList();
            var expected = acknowledged
                .Where(a => a.Domain == domain && a.Submission.Mailboxes.Any(m => m.Incarnation == mailbox))
                .Select(a => a.Id.Record)
                .Where(id => !deleted.Contains((id, mailbox)) && !forgotten.Contains(mailbox))
                .ToList();
            Assert.Equal(expected.Order(), ids.Where(id => !uncertain.Contains(id)).Order());
            Assert.Equal(ids.Count, ids.Distinct().Count());
            Assert.Equal(all.Select(m => m.Sequence).Order().Distinct(), all.Select(m => m.Sequence));
            var usage = await Partition.GetUsageAsync(domain, mailbox, CancellationToken.None);
            Assert.Equal((all.Count, all.Sum(m => m.Size)), (usage.Messages, usage.Bytes));
            foreach (var message in all)
            {
                Assert.Equal(message.Sha256.ToArray(), System.Security.Cryptography.SHA256.HashData(await ReadRawAsync(bench.Store, message)));
                Assert.Equal(message.Sequence, (await Partition.FindAsync(domain, message.Id, CancellationToken.None))!.Sequence);
            }
        }
    }
}
