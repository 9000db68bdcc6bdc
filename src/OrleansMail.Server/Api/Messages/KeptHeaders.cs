using System.Text;
using MimeKit;
using MimeKit.Utils;
using OrleansMail.Contracts.Messages;

namespace OrleansMail.Server.Api.Messages;

/// <summary>The header fields kept with a record, decoded on demand. Nothing that a sender writes makes it throw.</summary>
internal readonly struct KeptHeaders(IReadOnlyList<HeaderField> fields)
{
    /// <summary>The fields as the API shows them.</summary>
    public HeadersResource Show() => new(
        Octets(HeaderName.Subject) is { } subject ? DecodedText.Decode(subject) : null,
        Octets(HeaderName.From) is { } from ? DecodedText.DecodeAddresses(from) : null,
        Octets(HeaderName.To) is { } to ? DecodedText.DecodeAddresses(to) : null,
        Octets(HeaderName.Date) is { } date && DateUtils.TryParse(DecodedText.Unfold(date), out var time) ? time : null,
        Octets(HeaderName.MessageId) is { } id ? NullWhenEmpty(DecodedText.Clean(Encoding.UTF8.GetString(id))) : null);

    /// <summary>A field as text without decoding of words; null when the message has none.</summary>
    public string? Text(HeaderName name) => Octets(name) is { } value ? DecodedText.Clean(Encoding.UTF8.GetString(value)) : null;

    /// <summary>Whether the message has the field.</summary>
    public bool Has(HeaderName name) => Octets(name) is not null;

    /// <summary>The first message id in a field, without brackets; null when there is none.</summary>
    public string? FirstId(HeaderName name) => Octets(name) is { } value ? MimeUtils.EnumerateReferences(value, 0, value.Length).FirstOrDefault() : null;

    /// <summary>The media type; null when it is absent or makes no sense.</summary>
    public ContentType? MediaType() =>
        Octets(HeaderName.ContentType) is { } value && ContentType.TryParse(ParserOptions.Default, DecodedText.Unfold(value), out var type) ? type : null;

    private byte[]? Octets(HeaderName name)
    {
        foreach (var field in fields)
        {
            if (field.Name == name)
                return field.Value.ToArray();
        }

        return null;
    }

    private static string? NullWhenEmpty(string text) => text.Length == 0 ? null : text;
}
