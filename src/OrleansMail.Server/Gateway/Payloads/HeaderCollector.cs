using OrleansMail.Contracts.Messages;

namespace OrleansMail.Server.Gateway.Payloads;

/// <summary>
/// Picks the kept header fields out of the content while it passes: the first of each name, unfolded (RFC 5322 §2.2.3), at most
/// <see cref="HeaderField.MaxValue"/> octets of each. The same content gives the same fields however it is split.
/// </summary>
internal sealed class HeaderCollector
{
    private const int MaxBlock = 256 * 1024; // beyond it nothing is looked at any more
    private const int MaxName = 24; // longer than any kept name

    private List<HeaderField> fields = [];
    private readonly byte[] name = new byte[MaxName];
    private readonly byte[] value = new byte[HeaderField.MaxValue];
    private int nameLength;
    private int valueLength;
    private int seen;
    private HeaderName? current;
    private bool carriageReturnHeld;
    private Place place = Place.LineStart;

    private enum Place
    {
        LineStart,
        Name,
        Value,
        Over,
    }

    /// <summary>Looks at the next octets of the content.</summary>
    public void Append(ReadOnlySpan<byte> data)
    {
        if (place == Place.Over)
            return;
        data = data[..Math.Min(data.Length, MaxBlock - seen)];
        seen += data.Length;
        var at = 0;
        while (at < data.Length && place != Place.Over)
            at += place == Place.Value ? TakeValue(data[at..]) : TakeName(data[at]);
        if (seen == MaxBlock && place != Place.Over)
            End();
    }

    /// <summary>Begins anew; the fields found before are their owner's.</summary>
    public void Reset()
    {
        fields = [];
        seen = 0;
        current = null;
        place = Place.LineStart;
    }

    /// <summary>What follows is body: it is not looked at.</summary>
    public void EndHeader() => End();

    /// <summary>The fields found; nothing may be appended until <see cref="Reset"/>.</summary>
    public IReadOnlyList<HeaderField> Finish()
    {
        if (place != Place.Over)
            End();
        return fields;
    }

    private int TakeName(byte octet)
    {
        if (place == Place.LineStart)
        {
            if (octet is (byte)' ' or (byte)'\t')
            {
                place = Place.Value; // a folded line goes on with the field above
                return 0;
            }

            CloseField();
            nameLength = 0;
            place = Place.Name;
        }

        if (octet == (byte)':')
        {
            Open(KeptHeaders.Find(name.AsSpan(0, Math.Min(nameLength, MaxName)), nameLength));
            place = Place.Value;
        }
        else if (octet == (byte)'\n')
        {
            place = Place.Over; // the empty line, or a line that is no field: the body begins
        }
        else
        {
            if (nameLength < MaxName)
                name[nameLength] = octet;
            nameLength++;
        }

        return 1;
    }

    private int TakeValue(ReadOnlySpan<byte> data)
    {
        var end = data.IndexOf((byte)'\n');
        if (current is not null)
            Keep(end < 0 ? data : data[..end]);
        if (end < 0)
            return data.Length;
        carriageReturnHeld = false;
        place = Place.LineStart;
        return end + 1;
    }

    // A CR is held back until it is known whether it belongs to a line's end.
    private void Keep(ReadOnlySpan<byte> data)
    {
        if (data.IsEmpty)
            return;
        if (carriageReturnHeld)
            AppendValue("\r"u8);
        carriageReturnHeld = data[^1] == (byte)'\r';
        AppendValue(carriageReturnHeld ? data[..^1] : data);
    }

    private void AppendValue(ReadOnlySpan<byte> data)
    {
        var kept = Math.Min(data.Length, value.Length - valueLength);
        data[..kept].CopyTo(value.AsSpan(valueLength));
        valueLength += kept;
    }

    private void Open(HeaderName? header)
    {
        current = header is { } wanted && fields.TrueForAll(f => f.Name != wanted) ? wanted : null;
        valueLength = 0;
        carriageReturnHeld = false;
    }

    private void CloseField()
    {
        if (current is { } header)
            fields.Add(new HeaderField(header, value.AsSpan(0, valueLength).ToArray()));
        current = null;
    }

    private void End()
    {
        CloseField();
        place = Place.Over;
    }
}
