using OrleansMail.Contracts.Messages;

namespace OrleansMail.Storage.Partitions;

/// <summary>A record whose reply was not seen to arrive: a repeat of it is answered and not recorded.</summary>
/// <param name="id">The record's id.</param>
/// <param name="domain">The number of its domain.</param>
/// <param name="receivedAt">When it was received.</param>
internal sealed class RepeatRecord(Ulid id, int domain, DateTimeOffset receivedAt)
{
    public Ulid Id => id;

    public int Domain => domain;

    public DateTimeOffset ReceivedAt => receivedAt;

    /// <summary>The number of its log record; the highest there is until its batch is durable.</summary>
    public long Number { get; set; } = long.MaxValue;

    /// <summary>How many repeats it has answered: of several equal records, each answers one chain of retries.</summary>
    public int Answers { get; set; }

    /// <summary>Records that answered for some of the mailboxes of the message that made this one; seen together with it.</summary>
    public IReadOnlyList<Ulid> AnsweredBy { get; set; } = [];

    /// <summary>The next record of the same id, of another domain.</summary>
    public RepeatRecord? Sibling { get; set; }

    /// <summary>Its keys, each with the place of its mailbox in the record.</summary>
    public List<(UInt128 Key, int Place)> Keys { get; } = new(1);
}

/// <summary>
/// The records that answer repeats (RFC 1047; normally a handful: those whose reply is on its way), in two generations of which the older
/// is dropped whole when the newer is full or a window old. The writer's alone.
/// </summary>
internal sealed class RepeatWindow(TimeSpan window, int maxKeys, TimeProvider time)
{
    private Generation newer = new(time.GetUtcNow());
    private Generation older = new(time.GetUtcNow());

    /// <summary>Keys held.</summary>
    public int Count => newer.Keys + older.Keys;

    /// <summary>Whether a record may answer one of these keys: for nearly all mail none does.</summary>
    public bool HasAny(ReadOnlySpan<UInt128> keys)
    {
        foreach (var key in keys)
        {
            if (newer.Find(key) is not null || older.Find(key) is not null)
                return true;
        }

        return false;
    }

    /// <summary>Takes a record in.</summary>
    public RepeatRecord Add(Ulid id, int domain, DateTimeOffset receivedAt)
    {
        if (newer.Keys >= maxKeys / 2 || time.GetUtcNow() - newer.Since >= window)
            (older, newer) = (newer, new Generation(time.GetUtcNow()));
        var record = new RepeatRecord(id, domain, receivedAt) { Sibling = newer.ById.GetValueOrDefault(id) };
        newer.ById[id] = record;
        return record;
    }

    /// <summary>Gives a record that was just taken in a key.</summary>
    public void AddKey(RepeatRecord record, UInt128 key, int place)
    {
        if (newer.Keys >= maxKeys)
            return; // one record with more recipients than the bound
        record.Keys.Add((key, place));
        newer.Add(key, new Candidate(record, place));
    }

    /// <summary>All records that are held, the oldest first.</summary>
    public List<RepeatRecord> All() => [.. older.Records(), .. newer.Records()];

    /// <summary>Whether a record of an id is held.</summary>
    public bool Has(Ulid id, int domain) => older.Records(id).Concat(newer.Records(id)).Any(r => r.Domain == domain);

    /// <summary>Removes the records of an id; false when there are none.</summary>
    /// <param name="id">Their id.</param>
    /// <param name="answeredBy">What was answered together with them.</param>
    public bool Remove(Ulid id, out IReadOnlyList<Ulid> answeredBy)
    {
        answeredBy = newer.ById.GetValueOrDefault(id)?.AnsweredBy ?? [];
        return Remove(newer, id) | Remove(older, id);
    }

    /// <summary>The record that answers a key: of several, the one that has answered least, then the oldest.</summary>
    /// <param name="key">A recipient's.</param>
    /// <param name="excluded">Records that can't be repeated, since their session lives.</param>
    public (RepeatRecord Record, MessageId Id)? Find(UInt128 key, IReadOnlyList<Ulid> excluded)
    {
        Candidate? best = null;
        var oldest = time.GetUtcNow() - window;
        foreach (var first in (ReadOnlySpan<Candidate?>)[older.Find(key), newer.Find(key)])
        {
            for (var candidate = first; candidate is not null; candidate = candidate.Next)
            {
                if ((best is null || candidate.Record.Answers < best.Record.Answers)
                    && candidate.Record.ReceivedAt >= oldest
                    && !excluded.Contains(candidate.Record.Id))
                    best = candidate;
            }
        }

        return best is null ? null : (best.Record, new MessageId(best.Record.Id, best.Record.Domain, best.Place));
    }

    private static bool Remove(Generation generation, Ulid id)
    {
        if (!generation.ById.Remove(id, out var record))
            return false;
        for (; record is not null; record = record.Sibling)
        {
            foreach (var (key, _) in record.Keys)
                generation.Remove(key, record);
        }

        return true;
    }

    private sealed class Candidate(RepeatRecord record, int place)
    {
        public RepeatRecord Record => record;

        public int Place => place;

        public Candidate? Next { get; set; }
    }

    private sealed class Generation(DateTimeOffset since)
    {
        private readonly Dictionary<UInt128, Candidate> byKey = [];

        public Dictionary<Ulid, RepeatRecord> ById { get; } = [];

        public DateTimeOffset Since => since;

        public int Keys { get; private set; }

        public IEnumerable<RepeatRecord> Records() => ById.Keys.SelectMany(Records).OrderBy(static r => r.ReceivedAt);

        public IEnumerable<RepeatRecord> Records(Ulid id)
        {
            for (var record = ById.GetValueOrDefault(id); record is not null; record = record.Sibling)
                yield return record;
        }

        public Candidate? Find(UInt128 key) => byKey.GetValueOrDefault(key);

        public void Add(UInt128 key, Candidate candidate)
        {
            Keys++;
            if (byKey.TryAdd(key, candidate))
                return;
            var last = byKey[key];
            while (last.Next is { } next)
                last = next;
            last.Next = candidate;
        }

        public void Remove(UInt128 key, RepeatRecord record)
        {
            if (!byKey.TryGetValue(key, out var first))
                return;
            Candidate? previous = null;
            for (var candidate = first; candidate is not null; previous = candidate, candidate = candidate.Next)
            {
                if (candidate.Record != record)
                    continue;
                Keys--;
                if (previous is not null)
                    previous.Next = candidate.Next;
                else if (candidate.Next is { } next)
                    byKey[key] = next;
                else
                    byKey.Remove(key);
                return;
            }
        }
    }
}
