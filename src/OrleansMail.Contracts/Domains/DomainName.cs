using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using OrleansMail.Contracts.Text;

namespace OrleansMail.Contracts.Domains;

/// <summary>A mail domain as an A-label in lower case (RFC 5890 §2.3.2.1), at most 253 characters, without a trailing dot.</summary>
[GenerateSerializer, Immutable, Alias("orleansmail.domain-name")]
public readonly record struct DomainName
{
    private const int MaxLength = 253;
    private const int MaxLabel = 63;
    private static readonly IdnMapping Idn = new() { AllowUnassigned = false, UseStd3AsciiRules = false };

    private DomainName(string value) => Value = value;

    /// <summary>The A-label form in lower case.</summary>
    [Id(0)]
    public string Value { get; }

    /// <summary>Reads a domain in A-label or U-label form, in any case; false when it is not a host name (RFC 5321 §4.1.2, underscores tolerated).</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out DomainName domain)
    {
        domain = default;
        if (text is null || text.Length is 0 or > MaxLength)
            return false;
        var ascii = text.ToLowerInvariant();
        if (!System.Text.Ascii.IsValid(text))
        {
            try
            {
                ascii = Idn.GetAscii(CanonicalComposition.Normalize(ascii)).ToLowerInvariant(); // in invariant mode it maps neither case nor form
            }
            catch (ArgumentException)
            {
                return false;
            }
        }

        if (ascii.Length > MaxLength || !LabelsAreValid(ascii))
            return false;
        domain = new DomainName(ascii);
        return true;
    }

    /// <inheritdoc cref="TryParse"/>
    /// <exception cref="FormatException">The text is not a domain.</exception>
    public static DomainName Parse(string text) =>
        TryParse(text, out var domain) ? domain : throw new FormatException($"'{text}' is not a domain name.");

    /// <inheritdoc/>
    public override string ToString() => Value;

    private static bool LabelsAreValid(ReadOnlySpan<char> name)
    {
        foreach (var range in name.Split('.'))
        {
            var label = name[range];
            if (label.Length is 0 or > MaxLabel || label[0] == '-' || label[^1] == '-')
                return false;
            foreach (var character in label)
            {
                if (!char.IsAsciiLetterLower(character) && !char.IsAsciiDigit(character) && character is not ('-' or '_'))
                    return false;
            }
        }

        return true;
    }
}
