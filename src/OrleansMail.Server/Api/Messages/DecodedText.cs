using System.Buffers;
using System.Text;
using MimeKit;
using MimeKit.Utils;

namespace OrleansMail.Server.Api.Messages;

/// <summary>Header values as text: unfolded, decoded, and whatever they hold, valid Unicode without control characters.</summary>
internal static class DecodedText
{
    private const int MaxLength = 4096;
    private static readonly SearchValues<char> Specials = SearchValues.Create("()<>[]:;@\\,.\""); // RFC 5322 §3.2.3

    /// <summary>Decodes unstructured text (RFC 2047 §5 (1)).</summary>
    public static string Decode(ReadOnlySpan<byte> value) => Clean(Rfc2047.DecodeText(ParserOptions.Default, Unfold(value)));

    /// <summary>
    /// Decodes addresses. Display names are quoted where their decoded form needs it, so that an encoded name can't look like
    /// further addresses.
    /// </summary>
    public static string DecodeAddresses(ReadOnlySpan<byte> value)
    {
        var text = Unfold(value);
        if (text.AsSpan().IndexOf("=?"u8) < 0 || !InternetAddressList.TryParse(ParserOptions.Default, text, out var addresses))
            return Decode(value);
        return Clean(string.Join(", ", addresses.Select(Show)));
    }

    /// <summary>Replaces what is no text, drops control characters, and bounds the length.</summary>
    public static string Clean(string text)
    {
        var clean = new StringBuilder(Math.Min(text.Length, MaxLength));
        foreach (var rune in text.AsSpan().Trim().EnumerateRunes()) // a lone surrogate comes out as U+FFFD
        {
            if (clean.Length >= MaxLength)
                break;
            if (rune.Value is '\t' or '\r' or '\n')
                clean.Append(' ');
            else if (!Rune.IsControl(rune))
                clean.Append(rune.ToString());
        }

        return clean.ToString();
    }

    /// <summary>The octets on one line (RFC 5322 §2.2.3).</summary>
    public static byte[] Unfold(ReadOnlySpan<byte> value)
    {
        var line = new byte[value.Length];
        var length = 0;
        foreach (var octet in value)
        {
            if (octet is not ((byte)'\r' or (byte)'\n' or 0))
                line[length++] = octet;
        }

        return line[..length];
    }

    private static string Show(InternetAddress address) => address switch
    {
        MailboxAddress { Name: { Length: > 0 } name } mailbox => $"{Phrase(name)} <{mailbox.Address}>",
        MailboxAddress mailbox => mailbox.Address,
        GroupAddress group => $"{Phrase(group.Name ?? "")}: {string.Join(", ", group.Members.OfType<MailboxAddress>().Select(Show))};",
        _ => address.ToString(),
    };

    private static string Phrase(string name) => !name.AsSpan().ContainsAny(Specials) ? name : MimeUtils.Quote(name);
}
