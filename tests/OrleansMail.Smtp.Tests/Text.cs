using System.Text;

namespace OrleansMail.Smtp.Tests;

/// <summary>Octets as text, one character each.</summary>
internal static class Text
{
    public static string Of(ReadOnlySpan<byte> octets) => Encoding.Latin1.GetString(octets);
}
