using OrleansMail.Contracts;
using OrleansMail.Contracts.Messages;
using OrleansMail.Contracts.Storage;
using OrleansMail.Storage;

namespace OrleansMail.Grains.Tests.Fakes;

/// <summary>What partitions recorded, in memory that outlives them, and what is to go wrong.</summary>
internal sealed class FakeLog
{
    public List<(DomainKey Domain, MessageSubmission Submission, long[] Sequences)> Records { get; } = [];

    public Dictionary<Incarnation, long> Last { get; } = [];

    public List<(DomainKey Domain, Incarnation? Mailbox)> Forgotten { get; } = [];

    public List<(DomainKey Domain, RetentionPolicy Policy)> Maintained { get; } = [];

    public Lock Gate { get; } = new();

    public (DomainKey Domain, RetentionPolicy Policy)[] CopyOfMaintained()
    {
        lock (Gate)
            return [.. Maintained];
    }
}

/// <summary>A partition without a log file.</summary>
internal sealed class FakePartition(PartitionId id, FakeLog log, FakePartitions owner) : IPartition
{
    private readonly TaskCompletionSource fenced = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool disposed;

    public PartitionId Id => id;

    public Task Fenced => fenced.Task;

    public PartitionHealth Health => owner.Health;

    public void Fence() => fenced.TrySetResult();

    public async ValueTask<RecordReceipt> RecordAsync(DomainKey domain, MessageSubmission submission, CancellationToken cancellationToken)
    {
        Check();
        await owner.Commit(submission);
        Check();
        lock (log.Gate)
        {
            var sequences = submission.Mailboxes.Select(m => log.Last[m.Incarnation] = log.Last.GetValueOrDefault(m.Incarnation) + 1).ToArray();
            log.Records.Add((domain, submission, sequences));
        }

        return new(RecordOutcome.Recorded, new(submission.Id, domain.Number, 0));
    }

    public void MarkSeen(IReadOnlyList<Ulid> records) => owner.Seen.AddRange(records);

    public ValueTask<MessagePage> ListAsync(DomainKey domain, Incarnation mailbox, long after, int limit, CancellationToken cancellationToken)
    {
        Check();
        lock (log.Gate)
        {
            var all = log.Records
                .SelectMany(r => r.Submission.Mailboxes.Select((m, place) => (Record: r, Mailbox: m, Place: place)))
                .Where(r => r.Mailbox.Incarnation == mailbox && r.Record.Sequences[r.Place] > after)
                .Select(r => Show(r.Record.Domain, r.Record.Submission, r.Mailbox, r.Place, r.Record.Sequences[r.Place]))
                .ToList();
            return new(new MessagePage([.. all.Take(limit)], all.Count > limit));
        }
    }

    public ValueTask<bool> WaitAsync(DomainKey domain, Incarnation mailbox, long after, TimeSpan atMost, CancellationToken cancellationToken) => new(false);

    public ValueTask<StoredMessage?> FindAsync(DomainKey domain, MessageId id, CancellationToken cancellationToken)
    {
        Check();
        lock (log.Gate)
        {
            var record = log.Records.FirstOrDefault(r => r.Domain.Domain == domain.Domain && r.Submission.Id == id.Record);
            return new(record.Submission is null || id.Place >= record.Submission.Mailboxes.Count
                ? null
                : Show(record.Domain, record.Submission, record.Submission.Mailboxes[id.Place], id.Place, record.Sequences[id.Place]));
        }
    }

    public ValueTask<MailboxUsage> GetUsageAsync(DomainKey domain, Incarnation mailbox, CancellationToken cancellationToken)
    {
        Check();
        lock (log.Gate)
            return new(new MailboxUsage(log.Last.GetValueOrDefault(mailbox), 0, null));
    }

    public ValueTask<bool> DeleteAsync(DomainKey domain, MessageId id, CancellationToken cancellationToken)
    {
        Check();
        lock (log.Gate)
            return new(log.Records.RemoveAll(r => r.Domain.Domain == domain.Domain && r.Submission.Id == id.Record) > 0);
    }

    public ValueTask ForgetAsync(DomainKey domain, Incarnation? mailbox, CancellationToken cancellationToken)
    {
        Check();
        lock (log.Gate)
            log.Forgotten.Add((domain, mailbox));
        return ValueTask.CompletedTask;
    }

    public async ValueTask<MaintenanceReport> MaintainAsync(DomainKey domain, RetentionPolicy policy, CancellationToken cancellationToken)
    {
        Check();
        await owner.BeforeMaintenance(policy);
        if (owner.FailMaintenance(domain))
            throw new StoreUnavailableException("The test's domain can't be maintained.");
        lock (log.Gate)
            log.Maintained.Add((domain, policy));
        return new(0, 0, 0, 0, 0, 0);
    }

    public bool TryNoteDecision(Incarnation tenant, ReadOnlyMemory<byte> entry) => true;

    public ValueTask FlushAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public ValueTask CloseAsync(int change, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public ValueTask DisposeAsync()
    {
        disposed = true;
        return ValueTask.CompletedTask;
    }

    private void Check()
    {
        if (disposed || fenced.Task.IsCompleted)
            throw new StoreUnavailableException("The partition is closed.");
        if (owner.Failure is { } failure)
            throw failure();
    }

    private static StoredMessage Show(DomainKey domain, MessageSubmission s, RecordedMailbox mailbox, int place, long sequence) => new(
        new(s.Id, domain.Number, place), sequence, s.ReceivedAt, s.ReversePath, mailbox, s.Session, s.Headers, s.Flags,
        s.Payload.Size, s.Payload.TraceLength, s.Payload.Sha256, s.Payload.ContentSha256, new("default", "log", 0, s.Payload.Size));
}

/// <summary>Opens fake partitions and keeps them in reach of the test.</summary>
internal sealed class FakePartitions : IPartitionFactory
{
    private readonly Dictionary<PartitionId, FakeLog> logs = [];

    public List<FakePartition> Opened { get; } = [];

    public List<Ulid> Seen { get; } = [];

    public Func<Exception>? Failure { get; set; }

    /// <summary>Domains whose maintenance fails.</summary>
    public Func<DomainKey, bool> FailMaintenance { get; set; } = _ => false;

    /// <summary>What a maintenance waits for.</summary>
    public Func<RetentionPolicy, Task> BeforeMaintenance { get; set; } = _ => Task.CompletedTask;

    public Func<Exception>? OpenFailure { get; set; }

    public PartitionHealth Health { get; set; }

    /// <summary>What a commit waits for.</summary>
    public Func<MessageSubmission, Task> Commit { get; set; } = _ => Task.CompletedTask;

    public IEnumerable<(DomainKey Domain, MessageSubmission Submission)> Records => logs.Values.SelectMany(l => l.Records).Select(r => (r.Domain, r.Submission));

    public IReadOnlyList<(DomainKey Domain, Incarnation? Mailbox)> Forgotten => [.. logs.Values.SelectMany(l => l.Forgotten)];

    public IReadOnlyList<(DomainKey Domain, RetentionPolicy Policy)> Maintained
    {
        get
        {
            lock (logs)
                return [.. logs.Values.SelectMany(l => l.CopyOfMaintained())];
        }
    }

    public Task<IPartition> OpenAsync(PartitionId id, CancellationToken cancellationToken)
    {
        if (OpenFailure is { } failure)
            throw failure();
        lock (logs)
        {
            if (!logs.TryGetValue(id, out var log))
                logs[id] = log = new();
            foreach (var earlier in Opened.Where(o => o.Id == id))
                earlier.Fence();
            var partition = new FakePartition(id, log, this);
            Opened.Add(partition);
            return Task.FromResult<IPartition>(partition);
        }
    }
}
