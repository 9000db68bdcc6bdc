using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace OrleansMail.Contracts.Storage;

/// <summary>
/// One partition of a store; its text form is the key of its grain: <c>store/number</c>, and <c>store/number@generation</c> once the number of
/// partitions was changed, so that whoever does not know of the change asks the one that is closed.
/// </summary>
/// <param name="Store">The store's name.</param>
/// <param name="Number">From 0, below the store's number of partitions.</param>
/// <param name="Generation">The generation of the store's partitions, from 1.</param>
[GenerateSerializer, Immutable, Alias("orleansmail.partition-id")]
public readonly record struct PartitionId([property: Id(0)] string Store, [property: Id(1)] int Number, [property: Id(2)] int Generation = 1)
{
    /// <summary>Reads a grain key.</summary>
    public static bool TryParse([NotNullWhen(true)] string? key, out PartitionId partition)
    {
        partition = default;
        var slash = key?.LastIndexOf('/') ?? -1;
        if (slash <= 0)
            return false;
        var generation = 1;
        var number = key.AsSpan(slash + 1);
        if (number.IndexOf('@') is >= 0 and var at)
        {
            if (!TryParse(number[(at + 1)..], out generation) || generation <= 1)
                return false;
            number = number[..at];
        }

        if (!TryParse(number, out var parsed))
            return false;
        partition = new PartitionId(key![..slash], parsed, generation);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() =>
        Generation <= 1 ? string.Create(CultureInfo.InvariantCulture, $"{Store}/{Number}") : string.Create(CultureInfo.InvariantCulture, $"{Store}/{Number}@{Generation}");

    private static bool TryParse(ReadOnlySpan<char> text, out int value) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
}
