using System.Collections.Frozen;
using System.Globalization;

namespace OrleansMail.Contracts.Text;

/// <summary>Unicode's canonical decompositions and combining classes, from the table <c>canonical.txt</c> beside this file.</summary>
internal static class CanonicalData
{
    static CanonicalData()
    {
        var classes = new Dictionary<int, int>();
        var decompositions = new Dictionary<int, (int First, int Second)>();
        var compositions = new Dictionary<(int First, int Second), int>();
        using var stream = typeof(CanonicalData).Assembly.GetManifestResourceStream("OrleansMail.Contracts.Text.canonical.txt")!;
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            var fields = line.Split(' ');
            if (fields[0] == "#")
                continue;
            var code = Hex(fields[1]);
            if (fields[0] == "c")
            {
                classes[code] = int.Parse(fields[2], CultureInfo.InvariantCulture);
                continue;
            }

            var pair = (Hex(fields[2]), fields.Length > 3 ? Hex(fields[3]) : 0);
            decompositions[code] = pair;
            if (fields[0] == "d" && pair.Item2 != 0)
                compositions[pair] = code;
        }

        Classes = classes.ToFrozenDictionary();
        Decompositions = decompositions.ToFrozenDictionary();
        Compositions = compositions.ToFrozenDictionary();
    }

    /// <summary>Canonical combining classes other than 0.</summary>
    public static FrozenDictionary<int, int> Classes { get; }

    /// <summary>Canonical decompositions, one step; the second part is 0 when there is only one.</summary>
    public static FrozenDictionary<int, (int First, int Second)> Decompositions { get; }

    /// <summary>The pairs that compose.</summary>
    public static FrozenDictionary<(int First, int Second), int> Compositions { get; }

    private static int Hex(string text) => int.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
