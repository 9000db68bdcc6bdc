namespace OrleansMail.Contracts.Text;

/// <summary>Hangul syllables are composed by arithmetic (Unicode §3.12).</summary>
internal static class Hangul
{
    private const int SyllableBase = 0xAC00;
    private const int LeadBase = 0x1100;
    private const int VowelBase = 0x1161;
    private const int TrailBase = 0x11A7;
    private const int Leads = 19;
    private const int Vowels = 21;
    private const int Trails = 28;

    /// <summary>Takes a syllable apart; false when it is none.</summary>
    public static bool TryDecompose(int rune, List<int> into)
    {
        var index = rune - SyllableBase;
        if (index is < 0 or >= Leads * Vowels * Trails)
            return false;
        into.Add(LeadBase + index / (Vowels * Trails));
        into.Add(VowelBase + index % (Vowels * Trails) / Trails);
        if (index % Trails is not 0 and var trail)
            into.Add(TrailBase + trail);
        return true;
    }

    /// <summary>Joins lead and vowel, or a syllable without a trail and a trail.</summary>
    public static bool TryCompose(int first, int second, out int composed)
    {
        composed = 0;
        if (first is >= LeadBase and < LeadBase + Leads && second is >= VowelBase and < VowelBase + Vowels)
            composed = SyllableBase + ((first - LeadBase) * Vowels + (second - VowelBase)) * Trails;
        else if (first is >= SyllableBase and < SyllableBase + Leads * Vowels * Trails && (first - SyllableBase) % Trails == 0
            && second is > TrailBase and < TrailBase + Trails)
            composed = first + (second - TrailBase);
        return composed != 0;
    }
}
