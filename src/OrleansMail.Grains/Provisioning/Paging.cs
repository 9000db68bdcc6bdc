using OrleansMail.Contracts.Provisioning;

namespace OrleansMail.Grains.Provisioning;

/// <summary>Pages of lists.</summary>
internal static class Paging
{
    /// <summary>The most items of a page, whatever a caller asks for.</summary>
    public const int MaxLimit = 1000;

    /// <summary>Takes a caller's limit to the nearest that is served.</summary>
    public static int Clamp(int limit) => Math.Clamp(limit, 1, MaxLimit);

    /// <summary>Makes a page of up to <paramref name="limit"/> items of a list that may hold one more, which tells that there is more.</summary>
    public static Page<T> Cut<T>(IReadOnlyList<T> oneMore, int limit, Func<T, string> key) =>
        oneMore.Count <= limit ? new(oneMore, null) : new([.. oneMore.Take(limit)], key(oneMore[limit - 1]));
}
