using System.Runtime.InteropServices;
using OrleansMail.Contracts.Messages;
using OrleansMail.Storage.Logs;

namespace OrleansMail.Storage.Partitions;

/// <summary>
/// Turns what waits into a batch, in log order: repeats and calls made again are recognised here, sequences assigned. The writer's alone,
/// with one batch at a time between forming and its end.
/// </summary>
internal sealed class BatchFormer(PartitionIndex index, RepeatWindow repeats, PartitionMetrics metrics)
{
    private readonly MetadataWriter writer = new();
    private readonly HashSet<(Ulid Id, int Domain)> forming = [];
    private readonly List<Ulid> seen = [];

    /// <summary>What the batch being formed writes.</summary>
    public Batch Batch { get; } = new();

    /// <summary>Those of the submissions that have a record in the batch.</summary>
    public List<PendingRecord> Recorded { get; } = [];

    /// <summary>Whether there are marks that no batch has taken along yet.</summary>
    public bool HasSeen => seen.Count > 0;

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
    public void Form(IReadOnlyList<PendingRecord> waiting)
    {
        Begin();
        foreach (var pending in waiting)
        {
            pending.Receipt = Repeated(pending);
            if (pending.Receipt is not null)
                continue;
            pending.Receipt = new RecordReceipt(RecordOutcome.Recorded, IdOf(pending));
            if (!index.Contains(pending.Submission.Id, pending.Domain.Number) && forming.Add((pending.Submission.Id, pending.Domain.Number)))
                Add(pending);
        }

        // The marks ride with messages, at no cost of their own.
        if (Recorded.Count > 0)
            AddSeen();
    }

    /// <summary>Forms a batch of nothing but marks, at the end.</summary>
    public void FormSeen()
    {
        Begin();
        AddSeen();
    }

    /// <summary>The batch is durable: readers see it, all at once.</summary>
    /// <param name="log">Index of its log.</param>
    /// <param name="position">Where it was appended.</param>
    public void Publish(int log, long position)
    {
        seen.Clear();
        var arrivals = new List<TaskCompletionSource>();
        lock (index.Gate)
        {
            foreach (var pending in Recorded)
                Publish(pending, log, position + pending.Offset, arrivals);
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

    private static MessageId IdOf(PendingRecord pending) => new(pending.Submission.Id, pending.Domain.Number, 0);

    private void Begin()
    {
        Batch.Clear();
        Recorded.Clear();
        forming.Clear();
    }

    // Mailboxes all of whose recipients an earlier record answers for are left out; with none left the message is a repeat.
    private RecordReceipt? Repeated(PendingRecord pending)
    {
        if (!repeats.HasAny(pending.Keys) || index.Contains(pending.Submission.Id, pending.Domain.Number) || forming.Contains((pending.Submission.Id, pending.Domain.Number)))
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
        pending.Mailboxes = answer.Mailboxes;
        pending.Keys = answer.Keys;
        pending.AnsweredBy = [.. answer.Records.Select(r => r.Id).Distinct()];
        pending.Record = MessageEncoder.Encode(pending.Domain, pending.Submission, answer.Mailboxes, answer.Keys, pending.PayloadChecksum);
        return null;
    }

    private void Add(PendingRecord pending)
    {
        var mailboxes = pending.Mailboxes;
        pending.Targets = new (MailboxIndex, long)[mailboxes.Count];
        for (var place = 0; place < mailboxes.Count; place++)
        {
            var mailbox = index.Mailbox(mailboxes[place].Incarnation);
            var sequence = ++mailbox.Assigned;
            pending.Targets[place] = (mailbox, sequence);
            MessageEncoder.SetSequence(pending.Record, place, sequence);
        }

        var payload = pending.Submission.Payload;
        var type = payload.ObjectPath is null ? LogRecordType.MessageInline : LogRecordType.MessageReference;
        pending.Offset = Batch.Add(pending.Record, type, MessageEncoder.MailboxHash(mailboxes[0]), payload.ObjectPath is null ? payload.Inline : default);
        Recorded.Add(pending);
        AddRepeat(pending);
    }

    private void AddRepeat(PendingRecord pending)
    {
        var record = repeats.Add(pending.Submission.Id, pending.Domain.Number, pending.Submission.ReceivedAt);
        record.AnsweredBy = pending.AnsweredBy;
        var key = 0;
        for (var place = 0; place < pending.Mailboxes.Count; place++)
        {
            for (var recipient = 0; recipient < pending.Mailboxes[place].Recipients.Count; recipient++)
                repeats.AddKey(record, pending.Keys[key++], place);
        }
    }

    private void AddSeen()
    {
        var marks = CollectionsMarshal.AsSpan(seen);
        while (!marks.IsEmpty)
        {
            var count = Math.Min(marks.Length, SeenRecord.MaxRecords);
            Batch.Add(SeenRecord.Encode(writer, marks[..count]), LogRecordType.Seen, 0, default);
            marks = marks[count..];
        }
    }

    private void Publish(PendingRecord pending, int log, long position, List<TaskCompletionSource> arrivals)
    {
        var entry = new RecordEntry(
            pending.Submission.Id, pending.Domain.Number, log, (uint)(position / LogRecordHeader.Alignment), pending.Record.Length);
        var number = index.AddRecord(entry, pending.Record);
        for (var place = 0; place < pending.Targets.Length; place++)
        {
            var (mailbox, sequence) = pending.Targets[place];
            var arrival = mailbox.Add(new MailboxEntry(sequence, number, (ushort)place), pending.Submission.Payload.Size, pending.Submission.ReceivedAt);
            if (arrival is not null)
                arrivals.Add(arrival);
        }
    }
}
