using System.Buffers;

namespace OrleansMail.Smtp.Data;

/// <summary>What ended a stretch of content.</summary>
internal enum DataStatus
{
    /// <summary>Everything that can be judged was taken; more input is needed.</summary>
    NeedMore,

    /// <summary>There is more to judge: a stuffed dot was dropped, or the output is full. <see cref="DataScanner.Unstuff"/> goes on.</summary>
    Partial,

    /// <summary>CRLF.CRLF was read; the rest is commands.</summary>
    End,
}

/// <summary>
/// Finds the end of the data and the stuffed dots (RFC 5321 §4.5.2). CR and LF alone are content (RFC 5321 §2.3.8):
/// only CRLF begins a line and only CRLF.CRLF, or .CRLF at once, ends the data (§4.1.1.4). Content without stuffed dots is never
/// copied; what follows a dot is, line by line, so that a message of nothing but dots costs little more than any other.
/// </summary>
internal struct DataScanner
{
    private const int EndLength = 3; // .CRLF

    private Place _place;

    private enum Place
    {
        LineStart,
        Text,
        AfterCr,
    }

    private enum DotKind
    {
        Stuffed,
        End,
        Undecided,
    }

    /// <summary>Whether a CR or LF outside a CRLF was seen.</summary>
    public bool HasBareNewlines { get; private set; }

    /// <summary>Takes the content up to the next dot to drop, the end of the data or the end of the input.</summary>
    /// <param name="input">Shortened to what was not taken: at most the two octets of an undecided <c>.CR</c>, or what follows the dot or the end.</param>
    /// <param name="content">A slice of the input.</param>
    public DataStatus Take(ref ReadOnlySequence<byte> input, out ReadOnlySequence<byte> content)
    {
        var reader = new SequenceReader<byte>(input);
        while (true)
        {
            if (_place == Place.LineStart && reader.TryPeek(out var first) && first == '.')
                return TakeDot(ref input, ref reader, out content);
            if (reader.End)
            {
                content = input;
                input = input.Slice(input.End);
                return DataStatus.NeedMore;
            }

            ReadText(ref reader);
        }
    }

    /// <summary>Takes what fits into a buffer, without the stuffed dots.</summary>
    /// <param name="input">Shortened as <see cref="Take"/> does.</param>
    /// <param name="output">At least three octets, which an end of data has.</param>
    /// <param name="written">Octets of content in the output.</param>
    public DataStatus Unstuff(ref ReadOnlySequence<byte> input, Span<byte> output, out int written)
    {
        var length = (int)Math.Min(input.Length, output.Length);
        input.Slice(0, length).CopyTo(output);
        var atEnd = CloseGaps(output[..length], out var taken, out written);
        input = input.Slice(taken);
        return atEnd ? DataStatus.End : input.Length > length - taken ? DataStatus.Partial : DataStatus.NeedMore;
    }

    // Moves the content to the front of the span, a stretch without newlines at a time. True at the end of the data.
    private bool CloseGaps(Span<byte> span, out int taken, out int written)
    {
        var (place, bare, from, to) = (_place, HasBareNewlines, 0, 0);
        var kind = DotKind.Stuffed;
        while (from < span.Length)
        {
            var octet = span[from];
            if (octet == '.' && place == Place.LineStart)
            {
                kind = JudgeDot(span[from..]);
                if (kind != DotKind.Stuffed)
                    break;
                from++;
                place = Place.Text;
                continue;
            }

            if (octet == '\n')
            {
                bare |= place != Place.AfterCr;
                place = place == Place.AfterCr ? Place.LineStart : Place.Text;
                span[to++] = span[from++];
                continue;
            }

            bare |= place == Place.AfterCr;
            if (octet == '\r')
            {
                place = Place.AfterCr;
                span[to++] = span[from++];
                continue;
            }

            var text = span[from..];
            var length = text.IndexOfAny((byte)'\r', (byte)'\n');
            text = length < 0 ? text : text[..length];
            text.CopyTo(span[to..]);
            place = Place.Text;
            (from, to) = (from + text.Length, to + text.Length);
        }

        (_place, HasBareNewlines, written) = (place, bare, to);
        taken = kind == DotKind.End ? from + EndLength : from;
        return kind == DotKind.End;
    }

    private static DotKind JudgeDot(ReadOnlySpan<byte> line)
    {
        if (line.Length > 1 && line[1] != '\r')
            return DotKind.Stuffed;
        return line.Length < EndLength ? DotKind.Undecided : line[2] == '\n' ? DotKind.End : DotKind.Stuffed;
    }

    private DataStatus TakeDot(ref ReadOnlySequence<byte> input, ref SequenceReader<byte> reader, out ReadOnlySequence<byte> content)
    {
        content = input.Slice(input.Start, reader.Position);
        if (!reader.TryPeek(1, out var second))
            return Undecided(ref input, ref reader);
        if (second == '\r')
        {
            if (!reader.TryPeek(2, out var third))
                return Undecided(ref input, ref reader);
            if (third == '\n')
            {
                reader.Advance(3);
                input = reader.UnreadSequence;
                return DataStatus.End;
            }
        }

        reader.Advance(1);
        input = reader.UnreadSequence;
        _place = Place.Text;
        return DataStatus.Partial;
    }

    private static DataStatus Undecided(ref ReadOnlySequence<byte> input, ref SequenceReader<byte> reader)
    {
        input = reader.UnreadSequence;
        return DataStatus.NeedMore;
    }

    // Reads to the start of a line that begins with a dot, or to the end of the segment.
    private void ReadText(ref SequenceReader<byte> reader)
    {
        var span = reader.UnreadSpan;
        var i = 0;
        if (_place == Place.AfterCr)
            i = FinishCr(span);
        else if (_place == Place.LineStart)
            _place = Place.Text;
        while (i < span.Length && !(_place == Place.LineStart && span[i] == '.'))
            i = ReadToLineEnd(span, i);
        reader.Advance(i);
    }

    private int FinishCr(ReadOnlySpan<byte> span)
    {
        if (span[0] == '\n')
        {
            _place = Place.LineStart;
            return 1;
        }

        HasBareNewlines = true;
        _place = Place.Text;
        return 0;
    }

    private int ReadToLineEnd(ReadOnlySpan<byte> span, int start)
    {
        _place = Place.Text;
        // A search costs more than it saves where there is nothing but newlines.
        var found = span[start] is (byte)'\r' or (byte)'\n' ? 0 : span[start..].IndexOfAny((byte)'\r', (byte)'\n');
        if (found < 0)
            return span.Length;
        var at = start + found;
        if (span[at] == '\n')
        {
            HasBareNewlines = true;
            return at + 1;
        }

        if (at + 1 == span.Length)
        {
            _place = Place.AfterCr;
            return at + 1;
        }

        if (span[at + 1] == '\n')
        {
            _place = Place.LineStart;
            return at + 2;
        }

        HasBareNewlines = true;
        return at + 1;
    }
}
