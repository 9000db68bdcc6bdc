using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace OrleansMail.Contracts.Storage;

/// <summary>One partition of a store; its text form, <c>store/number</c>, is the key of its grain.</summary>
/// <param name="Store">The store's name.</param>
/// <param name="Number">From 0, below the store's number of partitions.</param>
[GenerateSerializer, Immutable, Alias("orleansmail.partition-id")]
public readonly record struct PartitionId([property: Id(0)] string Store, [property: Id(1)] int Number)
{
    /// <summary>Reads a grain key.</summary>
    public static bool TryParse([NotNullWhen(true)] string? key, out PartitionId partition)
    {
        var slash = key?.LastIndexOf('/') ?? -1;
        partition = default;
        if (slash <= 0 || !int.TryParse(key.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return false;
        partition = new PartitionId(key![..slash], number);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Store}/{Number}");
}
