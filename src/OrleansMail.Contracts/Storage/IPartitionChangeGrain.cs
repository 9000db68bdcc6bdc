using Orleans.Concurrency;

namespace OrleansMail.Contracts.Storage;

/// <summary>Brings a store to another number of partitions while mail flows. Key: the store's name.</summary>
[Alias("orleansmail.partition-change")]
public interface IPartitionChangeGrain : IGrainWithStringKey
{
    /// <summary>Brings the store to a number of partitions in the background, and tries again until that is done; no effect when it has that number.</summary>
    /// <param name="partitions">From 1.</param>
    [Alias("change")]
    ValueTask ChangeAsync(int partitions);

    /// <summary>Goes on with a change that is under way, in case that whoever began it is gone.</summary>
    [Alias("resume"), OneWay]
    ValueTask ResumeAsync();
}
