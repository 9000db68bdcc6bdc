using OrleansMail.Storage.Logs;
using OrleansMail.Storage.Partitions;

namespace OrleansMail.Storage.Demultiplexing;

/// <summary>Reads the records of some domains back from logs, each log once and in order.</summary>
/// <param name="index">Says which records are not in packs.</param>
/// <param name="arena">Takes their octets.</param>
/// <param name="domains">Whose records are wanted.</param>
/// <param name="upTo">The last record that is.</param>
internal sealed class RecordGatherer(PartitionIndex index, RecordArena arena, HashSet<DomainIndex> domains, long upTo) : ILogVisitor
{
    private readonly Dictionary<DomainIndex, List<GatheredRecord>> found = [];

    /// <summary>What was found of a domain, in log order.</summary>
    public IReadOnlyList<GatheredRecord> Of(DomainIndex domain) => found.GetValueOrDefault(domain) ?? [];

    /// <inheritdoc/>
    public void Visit(in ScannedRecord record)
    {
        if (record.Header.Type is not (LogRecordType.MessageInline or LogRecordType.MessageReference) || record.Header.Sequence > upTo)
            return;
        var summary = MessageDecoder.Summarize(record.Metadata.Span);
        if (Find(summary, record.Header.Sequence) is not { } domain)
            return;
        if (!found.TryGetValue(domain, out var records))
            found[domain] = records = [];
        records.Add(new GatheredRecord(record.Header.Sequence, arena.Copy(record.Octets.Span), arena.Copy(record.Payload.Span), summary));
    }

    /// <summary>Told when the log was recovered, or when it is read by whoever wants the message: nothing can be done for it here.</summary>
    public void Damaged(long position, long octets, long records)
    {
    }

    private DomainIndex? Find(in MessageSummary summary, long number)
    {
        lock (index.Gate)
        {
            return index.Find(summary.Id, summary.Domain.Number) is { PackedAt: 0 } entry && entry.Number == number && domains.Contains(entry.Domain)
                ? entry.Domain
                : null;
        }
    }
}
