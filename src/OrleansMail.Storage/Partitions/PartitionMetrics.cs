using System.Diagnostics.Metrics;

namespace OrleansMail.Storage.Partitions;

/// <summary>What partitions measure (docs/operations/metrics.md).</summary>
internal sealed class PartitionMetrics
{
    private readonly Histogram<double> commitDuration;
    private readonly Histogram<int> commitBatch;
    private readonly Counter<long> repeated;
    private readonly Counter<long> operations;
    private readonly Counter<long> damaged;
    private readonly Counter<long> parked;

    /// <summary>Makes the instruments; without a factory nobody listens.</summary>
    public PartitionMetrics(IMeterFactory? meters)
    {
        var meter = meters?.Create("OrleansMail") ?? new Meter("OrleansMail");
        commitDuration = meter.CreateHistogram<double>("orleansmail.commit.duration", "s", "Time a batch took to become durable.");
        commitBatch = meter.CreateHistogram<int>("orleansmail.commit.batch", "{record}", "Records that shared a commit.");
        repeated = meter.CreateCounter<long>("orleansmail.messages.repeated", "{message}", "Messages sent again after a lost reply, and not stored again.");
        operations = meter.CreateCounter<long>("orleansmail.storage.operations", "{operation}", "Operations of the store, by kind.");
        parked = meter.CreateCounter<long>("orleansmail.storage.parked", "{domain}", "Times that a domain's mail could not be brought into packs and was carried over.");
        damaged = meter.CreateCounter<long>("orleansmail.storage.damaged", "{record}", "Acknowledged records found damaged or missing.");
    }

    /// <summary>A batch is durable.</summary>
    public void Committed(TimeSpan duration, int records)
    {
        commitDuration.Record(duration.TotalSeconds);
        commitBatch.Record(records);
    }

    /// <summary>A repeat was recognised.</summary>
    public void Repeated() => repeated.Add(1);

    /// <summary>The store was asked for something.</summary>
    public void Operation(string kind) => operations.Add(1, new KeyValuePair<string, object?>("operation", kind));

    /// <summary>A domain could not be brought into packs.</summary>
    public void Parked() => parked.Add(1);

    /// <summary>Records can't be served any more.</summary>
    public void Damaged(long records) => damaged.Add(records);
}
