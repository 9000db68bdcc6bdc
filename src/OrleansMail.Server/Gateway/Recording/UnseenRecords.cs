using OrleansMail.Contracts.Domains;
using OrleansMail.Contracts.Tenants;

namespace OrleansMail.Server.Gateway.Recording;

/// <summary>
/// What one session recorded and whose reply was not seen to arrive yet (RFC 1047). Only messages answered 250 are in it: a domain that
/// has a message whose other domain failed must recognise the retry. Used by one session, never at once.
/// </summary>
internal sealed class UnseenRecords(SeenMarks marks)
{
    private const int MaxRecords = 256; // a client that pipelines this many messages unread is on its own
    private readonly Queue<UnseenRecord> records = new();
    private readonly List<Ulid> marked = [];

    /// <summary>The records, oldest first, and those whose mark may still be on its way: the session's next message is a repeat of none of them.</summary>
    public IReadOnlyList<Ulid> Records => records.Count + marked.Count == 0 ? [] : [.. marked, .. records.Select(r => r.Record)];

    /// <summary>Takes a record in; the oldest goes when there are too many.</summary>
    public void Add(UnseenRecord record)
    {
        marked.Clear();
        if (records.Count == MaxRecords)
            records.Dequeue();
        records.Enqueue(record);
    }

    /// <summary>The client has seen the replies of all of them.</summary>
    public void MarkSeen()
    {
        while (records.TryDequeue(out var record))
        {
            marked.Add(record.Record);
            marks.Add(record);
        }
    }
}

/// <summary>A record and where it is.</summary>
internal readonly record struct UnseenRecord(TenantId Tenant, DomainName Domain, Ulid Record);
