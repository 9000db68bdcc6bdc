using System.Globalization;

namespace OrleansMail.Grains.Provisioning;

/// <summary>The version that <c>ETag</c> and <c>If-Match</c> carry: of one creation of a thing, raised by each change of it.</summary>
internal static class VersionTag
{
    /// <summary>Spells a version; the random end of the incarnation tells a thing from its predecessor of the same name.</summary>
    public static string Of(Ulid incarnation, long version) =>
        string.Create(CultureInfo.InvariantCulture, $"{incarnation.ToString()[^8..]}-{version}");

    /// <summary>Whether a caller that gave <paramref name="ifMatch"/> saw <paramref name="current"/>, which is null when nothing exists.</summary>
    public static bool Allows(string? ifMatch, string? current) => ifMatch is null || ifMatch == current;
}
