using System.Buffers;

namespace OrleansMail.Smtp.Data;

/// <summary>Looks for a CR or LF outside a CRLF (RFC 5321 §2.3.8) in content that is framed by length; <see cref="DataScanner"/> does so in DATA.</summary>
internal struct BareNewlineScanner
{
    private bool _found;
    private bool _afterCr;

    /// <summary>Whether there was one, the content being at its end: a CR that nothing follows is one too.</summary>
    public readonly bool HasFound => _found || _afterCr;

    /// <summary>Looks at the next octets.</summary>
    public void Append(ReadOnlySequence<byte> content)
    {
        foreach (var segment in content)
        {
            if (!_found && !segment.IsEmpty)
                _found = Search(segment.Span);
        }
    }

    private bool Search(ReadOnlySpan<byte> span)
    {
        var at = 0;
        if (_afterCr && span[at++] != '\n')
            return true;
        _afterCr = false;
        while (span[at..].IndexOfAny((byte)'\r', (byte)'\n') is >= 0 and var next)
        {
            at += next;
            if (span[at] == '\n')
                return true;
            _afterCr = at + 1 == span.Length;
            if (_afterCr)
                return false;
            if (span[at + 1] != '\n')
                return true;
            at += 2;
        }

        return false;
    }
}
