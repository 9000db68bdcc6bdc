using System.Text;

namespace OrleansMail.Server.Gateway.Payloads;

/// <summary>
/// Finds the end of the top block of trace fields (Received, Return-Path, ARC-*, Authentication-Results, folded lines included): what a
/// relay adds at each try, and a retry does not have in common with the first.
/// </summary>
internal sealed class TraceBlock
{
    private const int MaxName = 32; // longer than any of the names
    private const int MaxBlock = 64 * 1024; // what goes on beyond counts as content
    private readonly byte[] pending = new byte[MaxName];
    private int pendingLength;
    private int skipped;
    private Place place = Place.LineStart;

    private enum Place
    {
        LineStart,
        Name,
        Field,
        Over,
    }

    /// <summary>Whether the end was found.</summary>
    public bool IsOver => place == Place.Over;

    /// <summary>Whether there is at least one trace field.</summary>
    public bool HasFields { get; private set; }

    /// <summary>Octets that were looked at and turned out to lie below the block: they come before what <see cref="Skip"/> leaves.</summary>
    public ReadOnlySpan<byte> Pending => pending.AsSpan(0, pendingLength);

    /// <summary>Looks at the next octets; returns how many of them were taken, all unless the block ended.</summary>
    public int Skip(ReadOnlySpan<byte> data)
    {
        var at = 0;
        while (at < data.Length && place != Place.Over)
        {
            if (place == Place.Field)
                at += SkipField(data[at..]);
            else
                at += Look(data[at]);
        }

        return at;
    }

    /// <summary>Begins anew.</summary>
    public void Reset()
    {
        pendingLength = 0;
        skipped = 0;
        place = Place.LineStart;
        HasFields = false;
    }

    private int SkipField(ReadOnlySpan<byte> data)
    {
        var end = data.IndexOf((byte)'\n');
        var length = Math.Min(end < 0 ? data.Length : end + 1, Math.Max(0, MaxBlock - skipped));
        skipped += length;
        if (skipped >= MaxBlock)
            place = Place.Over;
        else if (end >= 0)
            place = Place.LineStart;
        return length;
    }

    private int Look(byte octet)
    {
        if (place == Place.LineStart && HasFields && octet is (byte)' ' or (byte)'\t')
        {
            place = Place.Field;
            return 0;
        }

        if (octet == (byte)':' && IsTrace(Pending))
        {
            skipped += pendingLength;
            pendingLength = 0;
            HasFields = true;
            place = Place.Field;
            return 0;
        }

        if (pendingLength == MaxName || octet is (byte)':' or (byte)'\r' or (byte)'\n')
        {
            place = Place.Over;
            return 0;
        }

        pending[pendingLength++] = octet;
        place = Place.Name;
        return 1;
    }

    private static bool IsTrace(ReadOnlySpan<byte> name)
    {
        name = name.TrimEnd(" \t"u8); // obsolete syntax puts space before the colon (RFC 5322 §4.5.8)
        return Ascii.EqualsIgnoreCase(name, "Received"u8)
            || Ascii.EqualsIgnoreCase(name, "Return-Path"u8)
            || Ascii.EqualsIgnoreCase(name, "Authentication-Results"u8)
            || (name.Length > 4 && Ascii.EqualsIgnoreCase(name[..4], "ARC-"u8));
    }
}
