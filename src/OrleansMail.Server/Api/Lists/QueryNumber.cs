using System.Globalization;

namespace OrleansMail.Server.Api.Lists;

/// <summary>Whole numbers in queries.</summary>
internal static class QueryNumber
{
    private const int MaxDigits = 18;

    /// <summary>Reads a number that is not negative; one above <paramref name="max"/> counts as that. False when the text is none.</summary>
    public static bool TryRead(string text, int max, out int number)
    {
        number = 0;
        if (text.Length is 0 or > MaxDigits || !long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value))
            return false;
        number = (int)Math.Min(value, max);
        return true;
    }
}
