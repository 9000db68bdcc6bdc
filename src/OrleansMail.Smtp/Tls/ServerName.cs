using System.Buffers;
using System.Globalization;

namespace OrleansMail.Smtp.Tls;

/// <summary>The name a client asks for in its hello (RFC 6066 §3).</summary>
internal static class ServerName
{
    private const int MaxLength = 255;

    private static readonly SearchValues<char> Allowed = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._");

    /// <summary>The name as an A-label in lower case; null when none was asked for, or what was is no host name.</summary>
    /// <param name="name">As the framework gives it: A-labels it understands are turned into Unicode.</param>
    public static string? Clean(string? name)
    {
        if (string.IsNullOrEmpty(name) || name.Length > MaxLength)
            return null;
        var ascii = ToAscii(name);
        return ascii is { Length: > 0 and <= MaxLength } && !ascii.AsSpan().ContainsAnyExcept(Allowed) ? ascii.ToLowerInvariant() : null;
    }

    private static string? ToAscii(string name)
    {
        if (System.Text.Ascii.IsValid(name))
            return name;
        try
        {
            return new IdnMapping { AllowUnassigned = true }.GetAscii(name);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
