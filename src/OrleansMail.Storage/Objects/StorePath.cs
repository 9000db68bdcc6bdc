using System.Buffers;

namespace OrleansMail.Storage.Objects;

/// <summary>The form of paths in a store: <c>[A-Za-z0-9._=-]</c> segments separated by single slashes, none of them <c>.</c> or <c>..</c>.</summary>
internal static class StorePath
{
    /// <summary>Longest segment: what common file systems take as a name.</summary>
    public const int MaxSegmentLength = 255;

    /// <summary>Longest path: what Azure takes as a blob's name.</summary>
    public const int MaxLength = 1024;

    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._=-");

    /// <summary>Whether a path names something in a store.</summary>
    public static bool IsValid(string path)
    {
        if (path.Length is 0 or > MaxLength)
            return false;
        foreach (var segment in path.AsSpan().Split('/'))
        {
            if (!IsSegment(path.AsSpan()[segment]))
                return false;
        }

        return true;
    }

    /// <summary>Refuses what is not a path: nothing that comes from outside may name a file of its own choice.</summary>
    /// <exception cref="ArgumentException">It is not.</exception>
    public static void Check(string path)
    {
        if (!IsValid(path))
            throw new ArgumentException($"'{path}' is not a path of a store.", nameof(path));
    }

    /// <summary>Refuses what is not the beginning of a path. The empty prefix is one.</summary>
    /// <exception cref="ArgumentException">It is not.</exception>
    public static void CheckPrefix(string prefix)
    {
        // A letter completes a prefix that ends in a slash, or with the beginning of a name.
        if (!IsValid(prefix + "x"))
            throw new ArgumentException($"'{prefix}' is not a prefix of paths of a store.", nameof(prefix));
    }

    private static bool IsSegment(ReadOnlySpan<char> segment) =>
        segment.Length is > 0 and <= MaxSegmentLength
        && !segment.ContainsAnyExcept(Allowed)
        && segment is not ("." or "..");
}
