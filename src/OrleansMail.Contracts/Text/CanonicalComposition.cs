using System.Text;

namespace OrleansMail.Contracts.Text;

/// <summary>
/// Normalization Form C (UAX #15). Of our own because the server runs in invariant globalization mode, where
/// <see cref="string.Normalize()"/> returns its argument: it must start on a machine without ICU, and stored keys must not
/// depend on that library's version.
/// </summary>
internal static class CanonicalComposition
{
    /// <summary>The text in NFC.</summary>
    /// <exception cref="ArgumentException">It has a lone surrogate, so it is not text.</exception>
    public static string Normalize(string text)
    {
        if (Ascii.IsValid(text))
            return text;
        var runes = new List<int>(text.Length);
        for (var at = 0; at < text.Length; at += char.IsSurrogate(text[at]) ? 2 : 1)
        {
            if (!Rune.TryGetRuneAt(text, at, out var rune))
                throw new ArgumentException("A lone surrogate is not text.", nameof(text));
            Decompose(rune.Value, runes);
        }

        Order(runes);
        return ToText(Compose(runes));
    }

    private static void Decompose(int rune, List<int> into)
    {
        if (Hangul.TryDecompose(rune, into))
            return;
        if (!CanonicalData.Decompositions.TryGetValue(rune, out var pair))
        {
            into.Add(rune);
            return;
        }

        Decompose(pair.First, into);
        if (pair.Second != 0)
            Decompose(pair.Second, into);
    }

    // Stable: marks of one class keep their order, and none moves over a starter.
    private static void Order(List<int> runes)
    {
        for (var i = 1; i < runes.Count; i++)
        {
            var rune = runes[i];
            var rank = Class(rune);
            var to = i;
            while (rank != 0 && to > 0 && Class(runes[to - 1]) > rank)
            {
                runes[to] = runes[to - 1];
                to--;
            }

            runes[to] = rune;
        }
    }

    private static List<int> Compose(List<int> runes)
    {
        var result = new List<int>(runes.Count);
        var starter = -1;
        foreach (var rune in runes)
        {
            var rank = Class(rune);
            var blocked = starter >= 0 && starter < result.Count - 1 && (Class(result[^1]) >= rank);
            if (starter >= 0 && !blocked && TryCompose(result[starter], rune, out var composed))
            {
                result[starter] = composed;
                continue;
            }

            if (rank == 0)
                starter = result.Count;
            result.Add(rune);
        }

        return result;
    }

    private static bool TryCompose(int first, int second, out int composed) =>
        Hangul.TryCompose(first, second, out composed) || CanonicalData.Compositions.TryGetValue((first, second), out composed);

    private static int Class(int rune) => CanonicalData.Classes.GetValueOrDefault(rune);

    private static string ToText(List<int> runes)
    {
        var text = new StringBuilder(runes.Count);
        foreach (var rune in runes)
            text.Append(new Rune(rune).ToString());
        return text.ToString();
    }
}
