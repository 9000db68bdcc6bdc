using OrleansMail.Contracts.Domains;
using OrleansMail.Contracts.Tenants;

namespace OrleansMail.Server.Gateway.Recording;

/// <summary>
/// What one session recorded and whose reply was not seen to arrive yet (RFC 1047). Only messages answered 250 are in it: a domain that
/// has a message whose other domain failed must recognise the retry. Used by one session, never at once.
/// </summary>
internal sealed class UnseenRecords(MessageRecorder recorder)
{
    private const int MaxRecords = 256; // a client that pipelines this many messages unread is on its own
    private readonly Queue<UnseenRecord> records = new();

    /// <summary>The records, oldest first.</summary>
    public IReadOnlyList<Ulid> Records => records.Count == 0 ? [] : [.. records.Select(r => r.Record)];

    /// <summary>Takes a record in; the oldest goes when there are too many.</summary>
    public void Add(UnseenRecord record)
    {
        if (records.Count == MaxRecords)
            records.Dequeue();
        records.Enqueue(record);
    }

    /// <summary>The client has seen the replies of all of them.</summary>
    public void MarkSeen()
    {
        if (records.Count == 0)
            return;
        var seen = records.ToArray();
        records.Clear();
        recorder.MarkSeen(seen);
    }
}

/// <summary>A record and where it is.</summary>
internal readonly record struct UnseenRecord(TenantId Tenant, DomainName Domain, Ulid Record);
