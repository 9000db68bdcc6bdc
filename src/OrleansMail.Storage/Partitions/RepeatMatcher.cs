using OrleansMail.Contracts.Messages;

namespace OrleansMail.Storage.Partitions;

/// <summary>What earlier records answer of a submission.</summary>
/// <param name="Mailboxes">The mailboxes that nothing answers for.</param>
/// <param name="Keys">Their recipients' keys.</param>
/// <param name="Records">The records that answer for the others.</param>
/// <param name="First">The earlier id of the first mailbox that is answered for.</param>
internal readonly record struct RepeatAnswer(List<RecordedMailbox> Mailboxes, UInt128[] Keys, HashSet<RepeatRecord> Records, MessageId First);

/// <summary>Decides mailbox by mailbox whether a submission is a repeat.</summary>
internal static class RepeatMatcher
{
    /// <summary>Looks each recipient up: a mailbox is answered for when every recipient that leads to it is.</summary>
    public static RepeatAnswer Match(RepeatWindow repeats, PendingRecord pending)
    {
        var mailboxes = new List<RecordedMailbox>();
        var keys = new List<UInt128>();
        var records = new HashSet<RepeatRecord>();
        var first = default(MessageId);
        var at = 0;
        foreach (var mailbox in pending.Mailboxes)
        {
            var own = pending.Keys.AsSpan(at, mailbox.Recipients.Count);
            at += own.Length;
            if (Find(repeats, own, pending.Submission.SessionRecords, records) is { } id)
            {
                first = first == default ? id : first;
                continue;
            }

            mailboxes.Add(mailbox);
            keys.AddRange(own);
        }

        return new RepeatAnswer(mailboxes, [.. keys], records, first);
    }

    private static MessageId? Find(RepeatWindow repeats, ReadOnlySpan<UInt128> keys, IReadOnlyList<Ulid> excluded, HashSet<RepeatRecord> records)
    {
        MessageId? first = null;
        var found = new List<RepeatRecord>(keys.Length);
        foreach (var key in keys)
        {
            if (repeats.Find(key, excluded) is not { } candidate)
                return null;
            first ??= candidate.Id;
            found.Add(candidate.Record);
        }

        records.UnionWith(found);
        return first;
    }
}
