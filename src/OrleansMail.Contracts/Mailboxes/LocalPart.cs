using System.Diagnostics.CodeAnalysis;
using System.Text;
using OrleansMail.Contracts.Text;

namespace OrleansMail.Contracts.Mailboxes;

/// <summary>
/// The local part of an address (RFC 5321 §4.1.2) without quoting: 1 to 64 octets of UTF-8, in NFC. Quoted and plain forms of one
/// local part are equal. Case is kept as given; <see cref="Key"/> is what addresses are compared by.
/// </summary>
[GenerateSerializer, Immutable, Alias("orleansmail.local-part")]
public readonly record struct LocalPart
{
    private const int MaxOctets = 64;
    private const int MaxQuoted = 2 * MaxOctets + 2; // each octet escaped, and the quotes: bounds the work before it is read

    private LocalPart(string value) => Value = value;

    /// <summary>The local part, unquoted, in the case it was given in.</summary>
    [Id(0)]
    public string Value { get; }

    /// <summary>The form in which a domain that ignores case compares local parts; in NFC as well, which lower case alone need not keep.</summary>
    public string Key => CanonicalComposition.Normalize(Value.ToLowerInvariant());

    /// <summary>Reads a local part in its plain or quoted form; false when it is empty, too long, or holds control characters.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out LocalPart localPart)
    {
        localPart = default;
        return text is { Length: > 0 and <= MaxQuoted } && TryUnquote(text, out var plain) && TryFromValue(plain, out localPart);
    }

    /// <summary>
    /// Takes a <see cref="Value"/> back, or any text that is not quoted: a quote in it is content. False when it is empty, too long, or
    /// holds control characters.
    /// </summary>
    public static bool TryFromValue([NotNullWhen(true)] string? plain, out LocalPart localPart)
    {
        localPart = default;
        if (plain is not { Length: > 0 and <= MaxQuoted })
            return false;
        foreach (var character in plain)
        {
            if (char.IsControl(character))
                return false;
        }

        try
        {
            plain = CanonicalComposition.Normalize(plain);
        }
        catch (ArgumentException)
        {
            return false;
        }

        if (Encoding.UTF8.GetByteCount(plain) > MaxOctets)
            return false;
        localPart = new LocalPart(plain);
        return true;
    }

    /// <inheritdoc cref="TryParse"/>
    /// <exception cref="FormatException">The text is not a local part.</exception>
    public static LocalPart Parse(string text) =>
        TryParse(text, out var localPart) ? localPart : throw new FormatException("A local part is 1 to 64 octets of UTF-8 without control characters.");

    /// <summary>The address of this local part at a domain, quoted where its characters need it (RFC 5321 §4.1.2).</summary>
    public string At(Domains.DomainName domain) => $"{Quoted()}@{domain.Value}";

    /// <inheritdoc/>
    public override string ToString() => Value;

    private string Quoted() => IsDotString(Value) ? Value : $"\"{Value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    private static bool IsDotString(string text)
    {
        if (text[0] == '.' || text[^1] == '.' || text.Contains("..", StringComparison.Ordinal))
            return false;
        foreach (var character in text)
        {
            if (char.IsAscii(character) && !char.IsAsciiLetterOrDigit(character) && !"!#$%&'*+-/=?^_`{|}~.".Contains(character, StringComparison.Ordinal))
                return false;
        }

        return true;
    }

    private static bool TryUnquote(string text, out string plain)
    {
        plain = text;
        if (text[0] != '"')
            return true;
        if (text.Length < 2 || text[^1] != '"')
            return false;
        var result = new StringBuilder(text.Length);
        for (var i = 1; i < text.Length - 1; i++)
        {
            if (text[i] == '"')
                return false;
            if (text[i] == '\\' && ++i == text.Length - 1)
                return false;
            result.Append(text[i]);
        }

        plain = result.ToString();
        return true;
    }
}
