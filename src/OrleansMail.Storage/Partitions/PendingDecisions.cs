using OrleansMail.Contracts;
using OrleansMail.Storage.Logs;

namespace OrleansMail.Storage.Partitions;

/// <summary>Entries of tenants' ledgers that wait for a batch to ride in. Bounded: what does not fit is not taken, and counted by the caller.</summary>
internal sealed class PendingDecisions
{
    private const int MaxOctets = 8 * 1024 * 1024;
    private readonly Lock gate = new();
    private readonly List<(Incarnation Tenant, ReadOnlyMemory<byte> Entry)> waiting = [];
    private int octets;
    private bool closed;
    private int taken;

    /// <summary>Whether none waits.</summary>
    public bool IsEmpty
    {
        get
        {
            lock (gate)
                return waiting.Count == 0;
        }
    }

    /// <summary>Takes an entry in line.</summary>
    /// <returns>False when there is no room, or none is taken any more.</returns>
    public bool TryAdd(Incarnation tenant, ReadOnlyMemory<byte> entry)
    {
        lock (gate)
        {
            if (closed || octets + entry.Length > MaxOctets || entry.Length > DecisionsRecord.MaxOctets / 2)
                return false;
            octets += entry.Length;
            waiting.Add((tenant, entry));
            return true;
        }
    }

    /// <summary>Takes no more; or again.</summary>
    public void Close(bool isClosed)
    {
        lock (gate)
            closed = isClosed;
    }

    /// <summary>What a batch takes along: a record for each tenant that has entries, at most a record's length of each.</summary>
    public List<DecisionsRecord> Take()
    {
        lock (gate)
        {
            var size = 0;
            for (taken = 0; taken < waiting.Count && (size += waiting[taken].Entry.Length) <= DecisionsRecord.MaxOctets; taken++)
            {
            }

            return [.. waiting.Take(taken).GroupBy(static w => w.Tenant, static w => w.Entry).Select(static g => new DecisionsRecord(g.Key, [.. g]))];
        }
    }

    /// <summary>The batch is durable.</summary>
    /// <returns>How many entries it had.</returns>
    public int Taken()
    {
        lock (gate)
        {
            octets -= waiting.Take(taken).Sum(static w => w.Entry.Length);
            waiting.RemoveRange(0, taken);
            return (taken, taken = 0).Item1;
        }
    }
}
