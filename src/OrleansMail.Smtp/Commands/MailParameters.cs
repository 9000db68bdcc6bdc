using System.Buffers.Text;
using System.Text;
using OrleansMail.Smtp.Replies;

namespace OrleansMail.Smtp.Commands;

/// <summary>The parameters of MAIL (RFC 5321 §4.1.1.11): SIZE (RFC 1870) and BODY (RFC 6152, RFC 3030 §3).</summary>
internal struct MailParameters
{
    private const int MaxSizeDigits = 20;

    private bool _hasBody;

    /// <summary>The declared size; one beyond 64 bits counts as the largest there is.</summary>
    public long? Size { get; private set; }

    /// <summary>The declared BODY.</summary>
    public SmtpBody Body { get; private set; }

    /// <summary>Reads what follows the path.</summary>
    /// <returns>Null when all is known and well; else the refusal.</returns>
    public SmtpReply? Read(ReadOnlySpan<byte> text)
    {
        while (ParameterList.TryTake(ref text, out var keyword, out var value))
        {
            var refusal =
                Ascii.EqualsIgnoreCase(keyword, "SIZE"u8) ? ReadSize(value) :
                Ascii.EqualsIgnoreCase(keyword, "BODY"u8) ? ReadBody(value) :
                StandardReplies.UnknownParameter;
            if (refusal is not null)
                return refusal;
        }

        return text.IsEmpty ? null : StandardReplies.BadArgument;
    }

    private SmtpReply? ReadSize(ReadOnlySpan<byte> value)
    {
        if (Size is not null || value.Length is 0 or > MaxSizeDigits || value.ContainsAnyExceptInRange((byte)'0', (byte)'9'))
            return StandardReplies.BadArgument;
        Size = Utf8Parser.TryParse(value, out long size, out var read) && read == value.Length ? size : long.MaxValue;
        return null;
    }

    private SmtpReply? ReadBody(ReadOnlySpan<byte> value)
    {
        SmtpBody? body =
            Ascii.EqualsIgnoreCase(value, "7BIT"u8) ? SmtpBody.SevenBit :
            Ascii.EqualsIgnoreCase(value, "8BITMIME"u8) ? SmtpBody.EightBitMime :
            Ascii.EqualsIgnoreCase(value, "BINARYMIME"u8) ? SmtpBody.BinaryMime :
            null;
        if (_hasBody || body is null)
            return StandardReplies.BadArgument;
        Body = body.Value;
        _hasBody = true;
        return null;
    }
}
