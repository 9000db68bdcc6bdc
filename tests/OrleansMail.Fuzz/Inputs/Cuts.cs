namespace OrleansMail.Fuzz.Inputs;

/// <summary>
/// Lengths of the pieces in which octets arrive. They follow from the octets alone, so that a file of a corpus is nothing but what a
/// client sends, and a finding can be played again.
/// </summary>
internal struct Cuts
{
    private readonly int _longest;
    private uint _state;

    /// <summary>Pieces of one to <paramref name="longest"/> octets.</summary>
    public Cuts(ReadOnlySpan<byte> input, int longest)
    {
        _longest = longest;
        _state = 2166136261; // FNV-1a
        foreach (var octet in input)
            _state = (_state ^ octet) * 16777619;
    }

    /// <summary>A number from <paramref name="least"/> to <paramref name="most"/>.</summary>
    public int Next(int least, int most)
    {
        _state = _state * 1664525 + 1013904223; // Numerical Recipes' generator
        return least + (int)((_state >> 16) % (uint)(most - least + 1));
    }

    /// <summary>The next piece's length; mostly short, because that is where a line's end is torn apart.</summary>
    public int NextLength() => Next(0, 3) == 0 ? Next(1, _longest) : Next(1, Math.Min(4, _longest));
}
