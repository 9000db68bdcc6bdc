using System.Text;

namespace OrleansMail.Fuzz;

/// <summary>Something that is always true was not: a finding.</summary>
internal sealed class PropertyException(string message) : Exception(message)
{
    /// <summary>Throws unless the condition holds.</summary>
    public static void Unless(bool condition, string property)
    {
        if (!condition)
            throw new PropertyException(property);
    }

    /// <summary>Throws unless both texts are the same.</summary>
    public static void UnlessEqual(string expected, string actual, string property)
    {
        if (expected != actual)
            throw new PropertyException($"{property}\nexpected {Shown(expected)}\nactual   {Shown(actual)}");
    }

    /// <summary>Throws unless both octet strings are the same.</summary>
    public static void UnlessEqual(ReadOnlySpan<byte> expected, ReadOnlySpan<byte> actual, string property)
    {
        if (!expected.SequenceEqual(actual))
            UnlessEqual(Encoding.Latin1.GetString(expected), Encoding.Latin1.GetString(actual), property);
    }

    private static string Shown(string text)
    {
        var shown = new StringBuilder(text.Length);
        foreach (var character in text)
            _ = character is >= ' ' and <= '~' and not '\\' ? shown.Append(character) : shown.Append($"\\x{(int)character:x2}");
        return shown.ToString();
    }
}
