using System.Buffers.Text;
using System.Text;

namespace OrleansMail.Smtp.Commands;

/// <summary>The argument of BDAT (RFC 3030 §2): <c>chunk-size [SP "LAST"]</c>.</summary>
/// <param name="Octets">The size of the chunk.</param>
/// <param name="IsLast">Whether LAST was given.</param>
/// <param name="IsWellFormed">False when something else follows the size: the octets are there all the same.</param>
internal readonly record struct ChunkArgument(long Octets, bool IsLast, bool IsWellFormed)
{
    /// <summary>Reads the argument.</summary>
    /// <returns>Null when it names no size, or one beyond 2^63−1: nobody knows where the next command begins.</returns>
    public static ChunkArgument? Read(ReadOnlySpan<byte> argument)
    {
        var end = argument.IndexOfAny((byte)' ', (byte)'\t');
        var digits = end < 0 ? argument : argument[..end];
        if (digits.IsEmpty || digits.ContainsAnyExceptInRange((byte)'0', (byte)'9')
            || !Utf8Parser.TryParse(digits, out long octets, out _))
            return null;
        var marker = argument[digits.Length..].TrimStart(" \t"u8);
        var isLast = Ascii.EqualsIgnoreCase(marker, "LAST"u8);
        return new(octets, isLast, isLast || marker.IsEmpty);
    }
}
