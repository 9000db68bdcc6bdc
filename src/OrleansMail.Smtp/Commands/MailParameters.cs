using System.Buffers.Text;
using System.Text;
using OrleansMail.Smtp.Replies;

namespace OrleansMail.Smtp.Commands;

/// <summary>
/// The parameters of MAIL (RFC 5321 §4.1.1.11) by their syntax: SIZE (RFC 1870), BODY (RFC 6152, RFC 3030), SMTPUTF8 (RFC 6531), REQUIRETLS
/// (RFC 8689) and AUTH (RFC 4954 §5). Whether the session is offered them is the command's to say.
/// </summary>
internal struct MailParameters
{
    private const int MaxSizeDigits = 20;

    private bool _hasBody;

    /// <summary>The declared size; one beyond 64 bits counts as the largest there is.</summary>
    public long? Size { get; private set; }

    /// <summary>The declared kind of content.</summary>
    public SmtpBody Body { get; private set; }

    /// <summary>Whether SMTPUTF8 was given.</summary>
    public bool IsUtf8 { get; private set; }

    /// <summary>Whether REQUIRETLS was given.</summary>
    public bool RequiresTls { get; private set; }

    /// <summary>Whether AUTH was given: who first submitted the message, as the client claims. It is believed of nobody.</summary>
    public bool HasAuth { get; private set; }

    /// <summary>Reads what follows the path.</summary>
    /// <param name="text">What follows the path.</param>
    /// <param name="strictWhiteSpace">Whether exactly one space stands in front of each.</param>
    /// <returns>Null when all is known and well; else the refusal.</returns>
    public SmtpReply? Read(ReadOnlySpan<byte> text, bool strictWhiteSpace = false)
    {
        while (ParameterList.TryTake(ref text, out var keyword, out var value, strictWhiteSpace))
        {
            if (Read(keyword, value) is { } refusal)
                return refusal;
        }

        return text.IsEmpty ? null : StandardReplies.BadArgument;
    }

    private SmtpReply? Read(ReadOnlySpan<byte> keyword, ReadOnlySpan<byte> value)
    {
        if (Ascii.EqualsIgnoreCase(keyword, "SIZE"u8))
            return ReadSize(value);
        if (Ascii.EqualsIgnoreCase(keyword, "BODY"u8))
            return ReadBody(value);
        if (Ascii.EqualsIgnoreCase(keyword, "SMTPUTF8"u8))
        {
            var again = IsUtf8;
            IsUtf8 = true;
            return again || !value.IsEmpty ? StandardReplies.BadArgument : null;
        }

        if (Ascii.EqualsIgnoreCase(keyword, "REQUIRETLS"u8))
        {
            var again = RequiresTls;
            RequiresTls = true;
            return again || !value.IsEmpty ? StandardReplies.BadArgument : null;
        }

        return Ascii.EqualsIgnoreCase(keyword, "AUTH"u8) ? ReadAuth(value) : StandardReplies.UnknownParameter;
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
            Ascii.EqualsIgnoreCase(value, "BINARYMIME"u8) ? SmtpBody.BinaryMime : null;
        if (_hasBody || body is null)
            return StandardReplies.BadArgument;
        _hasBody = true;
        Body = body.Value;
        return null;
    }

    private SmtpReply? ReadAuth(ReadOnlySpan<byte> value)
    {
        if (HasAuth || !(value.SequenceEqual("<>"u8) || IsXtext(value)))
            return StandardReplies.BadArgument;
        HasAuth = true;
        return null;
    }

    // RFC 3461 §4: printable ASCII, "+" only in front of two upper-case hexadecimal digits.
    private static bool IsXtext(ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty || value.ContainsAnyExceptInRange((byte)'!', (byte)'~'))
            return false;
        while (value.IndexOf((byte)'+') is >= 0 and var plus)
        {
            value = value[(plus + 1)..];
            if (value.Length < 2 || !char.IsAsciiHexDigitUpper((char)value[0]) || !char.IsAsciiHexDigitUpper((char)value[1]))
                return false;
            value = value[2..];
        }

        return true;
    }
}
