using System.Runtime.InteropServices;
using OrleansMail.Contracts;
using OrleansMail.Contracts.Messages;
using OrleansMail.Contracts.Storage;
using OrleansMail.Storage.Logs;

namespace OrleansMail.Storage.Partitions;

/// <summary>
/// Turns what waits into a batch, in log order: repeats and calls made again are recognised here, sequences assigned. The writer's alone,
/// with one batch at a time between forming and its end.
/// </summary>
internal sealed class BatchFormer(PartitionIndex index, RepeatWindow repeats, PartitionMetrics metrics, TimeProvider time)
{
    private readonly MetadataWriter writer = new();
    private readonly HashSet<(Ulid Id, int Domain)> forming = [];
    private readonly List<Ulid> seen = [];
    private readonly List<PendingChange> changes = [];
    private readonly HashSet<(Incarnation Mailbox, long Sequence)> deleting = [];
    private readonly PendingDecisions decisions = new();

    /// <summary>What the batch being formed writes.</summary>
    public Batch Batch { get; } = new();

    /// <summary>Those of the submissions that have a record in the batch.</summary>
    public List<PendingRecord> Recorded { get; } = [];

    /// <summary>Entries of the ledger that wait for a batch.</summary>
    public PendingDecisions Decisions => decisions;

    /// <summary>Whether there are marks or decisions that no batch has taken along yet.</summary>
    public bool HasRiders => seen.Count > 0 || !decisions.IsEmpty;

    /// <summary>The reply for these records arrived: they answer no repeats any more.</summary>
    public void MarkSeen(Ulid record)
    {
        if (repeats.Remove(record, out var answeredBy))
            seen.Add(record);
        foreach (var other in answeredBy)
        {
            if (repeats.Remove(other, out _))
                seen.Add(other);
        }
    }

    /// <summary>Forms a batch; every submission has its receipt then, which holds once the batch is durable.</summary>
    public void Form(IReadOnlyList<IPendingWrite> waiting)
    {
        Begin();
        foreach (var pending in waiting)
        {
            if (pending is PendingRecord message)
                Form(message);
            else if (pending is PendingChange change)
                Form(change);
        }

        // Marks and decisions ride with what is written anyway, at no cost of their own.
        if (Batch.Records > 0)
            AddRiders();
    }

    /// <summary>Forms a batch of nothing but marks and decisions.</summary>
    public void FormRiders()
    {
        Begin();
        AddRiders();
    }

    /// <summary>The batch is durable: readers see it, all at once.</summary>
    /// <param name="log">Its log.</param>
    /// <param name="position">Where it was appended.</param>
    /// <param name="first">The number of its first record.</param>
    public void Publish(LogSource log, long position, long first)
    {
        seen.Clear();
        log.HasDecisions |= decisions.Taken() > 0;
        log.Since ??= time.GetUtcNow();
        var arrivals = new List<TaskCompletionSource>();
        lock (index.Gate)
        {
            foreach (var pending in Recorded)
                Publish(pending, log, position + pending.At.Offset, first + pending.At.Order, arrivals);
            foreach (var pending in changes)
                PartitionIndex.Apply(pending.Domain, first + pending.Order, pending.Change);
        }

        foreach (var arrival in arrivals)
            arrival.TrySetResult();
    }

    /// <summary>The batch does not count: what it took is given back.</summary>
    public void Drop()
    {
        foreach (var pending in Recorded)
        {
            repeats.Remove(pending.Submission.Id, out _);
            foreach (var (mailbox, _) in pending.Targets)
                mailbox.Assigned = mailbox.Last;
        }
    }

    /// <summary>The records up to a number that still answer repeats: what has to outlive their logs.</summary>
    public List<RepeatRecord> Repeats() => repeats.All();

    private static MessageId IdOf(PendingRecord pending) => new(pending.Submission.Id, pending.Domain.Key.Number, 0);

    private void Begin()
    {
        Batch.Clear();
        Recorded.Clear();
        changes.Clear();
        deleting.Clear();
        forming.Clear();
    }

    private void Form(PendingRecord pending)
    {
        pending.Receipt = IsForgotten(pending) ? new RecordReceipt(RecordOutcome.Gone, default) : Repeated(pending);
        if (pending.Receipt is not null)
            return;
        pending.Receipt = new RecordReceipt(RecordOutcome.Recorded, IdOf(pending));
        if (!IsKnown(pending) && forming.Add((pending.Submission.Id, pending.Domain.Key.Number)))
            Add(pending);
    }

    private void Form(PendingChange pending)
    {
        pending.Outcome = Judge(pending);
        if (pending.Outcome != ChangeOutcome.Made)
            return;
        pending.Order = Batch.Records;
        Batch.Add(pending.Change.Encode(writer), pending.Change.Type, 0, default);
        changes.Add(pending);
    }

    // A message is deleted by one record: two would be counted twice once the first is in the head and the other not.
    private ChangeOutcome Judge(PendingChange pending)
    {
        if (pending.Change is not { Record: not null, Mailbox: { } mailbox } deletion)
            return ChangeOutcome.Made;
        lock (index.Gate)
        {
            if (!ReferenceEquals(pending.FoundIn, pending.Domain.Head))
                return ChangeOutcome.Outdated;
            var isDeleted = pending.Domain.IsForgotten || PartitionIndex.Mailbox(pending.Domain, mailbox).IsDeleted(deletion.Sequence);
            return isDeleted || !deleting.Add((mailbox, deletion.Sequence)) ? ChangeOutcome.MadeBefore : ChangeOutcome.Made;
        }
    }

    private bool IsKnown(PendingRecord pending)
    {
        lock (index.Gate)
            return index.Find(pending.Submission.Id, pending.Domain.Key.Number) is not null;
    }

    private bool IsForgotten(PendingRecord pending)
    {
        lock (index.Gate)
            return pending.Domain.IsForgotten || pending.Mailboxes.Any(m => PartitionIndex.Mailbox(pending.Domain, m.Incarnation).IsForgotten);
    }

    // Mailboxes all of whose recipients an earlier record answers for are left out; with none left the message is a repeat.
    private RecordReceipt? Repeated(PendingRecord pending)
    {
        if (!repeats.HasAny(pending.Keys) || IsKnown(pending) || forming.Contains((pending.Submission.Id, pending.Domain.Key.Number)))
            return null;
        var answer = RepeatMatcher.Match(repeats, pending);
        foreach (var record in answer.Records)
            record.Answers++;
        if (answer.Mailboxes.Count == 0)
        {
            metrics.Repeated();
            return new RecordReceipt(RecordOutcome.Repeated, answer.First);
        }

        if (answer.Mailboxes.Count == pending.Mailboxes.Count)
            return null;
        try
        {
            pending.Record = pending.Form.Encode(pending.Domain.Key, answer.Mailboxes, answer.Keys);
        }
        catch (TenantKeyUnavailableException)
        {
            return null; // shredded since: what was made before stands, sealed for all mailboxes
        }

        pending.Mailboxes = answer.Mailboxes;
        pending.Keys = answer.Keys;
        pending.AnsweredBy = [.. answer.Records.Select(r => r.Id).Distinct()];
        return null;
    }

    private void Add(PendingRecord pending)
    {
        var mailboxes = pending.Mailboxes;
        pending.Targets = new (MailboxIndex, long)[mailboxes.Count];
        for (var place = 0; place < mailboxes.Count; place++)
        {
            var mailbox = Find(pending.Domain, mailboxes[place].Incarnation);
            var sequence = ++mailbox.Assigned;
            pending.Targets[place] = (mailbox, sequence);
            MessageEncoder.SetSequence(pending.Record, place, sequence);
        }

        var payload = pending.Submission.Payload;
        var type = payload.ObjectPath is null ? LogRecordType.MessageInline : LogRecordType.MessageReference;
        var order = Batch.Records;
        var offset = Batch.Add(pending.Record, type, MessageEncoder.MailboxHash(mailboxes[0]), payload.ObjectPath is null ? payload.Inline : default, pending.Form.Flags);
        pending.At = (offset, order);
        Recorded.Add(pending);
        AddRepeat(pending);
    }

    private void AddRepeat(PendingRecord pending)
    {
        var record = pending.Repeat = repeats.Add(pending.Submission.Id, pending.Domain.Key.Number, pending.Submission.ReceivedAt);
        record.AnsweredBy = pending.AnsweredBy;
        var key = 0;
        for (var place = 0; place < pending.Mailboxes.Count; place++)
        {
            for (var recipient = 0; recipient < pending.Mailboxes[place].Recipients.Count; recipient++)
                repeats.AddKey(record, pending.Keys[key++], place);
        }
    }

    private MailboxIndex Find(DomainIndex domain, Incarnation mailbox)
    {
        lock (index.Gate)
            return PartitionIndex.Mailbox(domain, mailbox);
    }

    private void AddRiders()
    {
        var marks = CollectionsMarshal.AsSpan(seen);
        while (!marks.IsEmpty)
        {
            var count = Math.Min(marks.Length, SeenRecord.MaxRecords);
            Batch.Add(SeenRecord.Encode(writer, marks[..count]), LogRecordType.Seen, 0, default);
            marks = marks[count..];
        }

        foreach (var record in decisions.Take())
            Batch.Add(record.Encode(writer), LogRecordType.Decisions, 0, default);
    }

    private void Publish(PendingRecord pending, LogSource log, long position, long number, List<TaskCompletionSource> arrivals)
    {
        var payload = pending.Submission.Payload;
        var record = new RecordEntry(pending.Submission.Id, pending.Domain, number, payload.Size, pending.Submission.ReceivedAt)
        {
            Log = log,
            Place = (uint)(position / LogRecordHeader.Alignment),
            MetadataLength = pending.Record.Length,
            Octets = LogRecordHeader.LengthOf(pending.Record.Length - LogRecordHeader.Size, payload.Inline.Length),
            Mailboxes = pending.Targets.Length,
        };
        pending.Repeat!.Number = number;
        index.Add(record);
        index.Hold(record, pending.Record);
        for (var place = 0; place < pending.Targets.Length; place++)
        {
            var (mailbox, sequence) = pending.Targets[place];
            if (mailbox.Add(new MailboxEntry(sequence, record, (ushort)place)) is { } arrival)
                arrivals.Add(arrival);
        }
    }
}
