using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace OrleansMail.Smtp.Replies;

/// <summary>Writes replies in their wire form: <c>250-</c> lines, the enhanced code on each (RFC 2034 §3), none over 512 octets (RFC 5321 §4.5.3.1.5).</summary>
internal static class ReplyWriter
{
    private const int MaxLine = 512;

    /// <summary>Writes the reply without flushing.</summary>
    /// <returns>Octets written.</returns>
    public static int Write(IBufferWriter<byte> output, SmtpReply reply)
    {
        var written = 0;
        var rest = reply.Text.AsSpan();
        Span<byte> prefix = stackalloc byte[48];
        var prefixLength = FormatPrefix(prefix, reply);
        bool last;
        do
        {
            var text = NextLine(ref rest, MaxLine - prefixLength - 2, out last);
            prefix[3] = last ? (byte)' ' : (byte)'-';
            written += WriteLine(output, prefix[..prefixLength], text);
        }
        while (!last);
        return written;
    }

    private static int FormatPrefix(Span<byte> prefix, SmtpReply reply)
    {
        Utf8Formatter.TryFormat(reply.Code, prefix, out var length);
        prefix[length++] = (byte)' ';
        if (reply.Status is not { } status)
            return length;
        Append(prefix, ref length, status.Class, '.');
        Append(prefix, ref length, status.Subject, '.');
        Append(prefix, ref length, status.Detail, ' ');
        return length;
    }

    private static void Append(Span<byte> prefix, ref int length, int number, char after)
    {
        Utf8Formatter.TryFormat(number, prefix[length..], out var digits);
        length += digits;
        prefix[length++] = (byte)after;
    }

    private static ReadOnlySpan<char> NextLine(ref ReadOnlySpan<char> rest, int limit, out bool last)
    {
        var end = rest.IndexOf('\n');
        var line = end < 0 ? rest : rest[..end];
        if (line.Length <= limit)
        {
            last = end < 0;
            rest = last ? default : rest[(end + 1)..];
            return line;
        }

        var space = line[..(limit + 1)].LastIndexOf(' ');
        var cut = space > 0 ? space : limit;
        rest = rest[(space > 0 ? cut + 1 : cut)..];
        last = false;
        return line[..cut];
    }

    private static int WriteLine(IBufferWriter<byte> output, ReadOnlySpan<byte> prefix, ReadOnlySpan<char> text)
    {
        var length = prefix.Length + text.Length + 2;
        var span = output.GetSpan(length);
        prefix.CopyTo(span);
        Encoding.ASCII.GetBytes(text, span[prefix.Length..]);
        span[length - 2] = (byte)'\r';
        span[length - 1] = (byte)'\n';
        output.Advance(length);
        return length;
    }
}
