using MimeKit;
using MimeKit.Utils;

namespace OrleansMail.Server.Api.Messages;

/// <summary>What the header of a MIME part says of it as an attachment.</summary>
internal sealed class PartHeaders
{
    private const int MaxName = 255;
    private ContentDisposition? disposition;

    /// <summary>How its content is encoded.</summary>
    public ContentEncoding Encoding { get; private set; }

    /// <summary>Takes a field; the first of a name counts.</summary>
    public void Add(Header header)
    {
        if (header.Id == HeaderId.ContentDisposition && disposition is null)
            ContentDisposition.TryParse(ParserOptions.Default, header.RawValue, out disposition);
        else if (header.Id == HeaderId.ContentTransferEncoding && Encoding == ContentEncoding.Default)
            Encoding = MimeUtils.TryParse(header.Value, out ContentEncoding encoding) ? encoding : ContentEncoding.Default;
    }

    /// <summary>Whether a leaf part is an attachment rather than the message's text.</summary>
    public bool IsAttachment(ContentType type) =>
        disposition?.IsAttachment == true || disposition?.FileName is not null || type.Name is not null || !type.IsMimeType("text", "*");

    /// <summary>The file name without folders, control characters or names that mean a folder; null when none is left.</summary>
    public string? Name(ContentType type)
    {
        var name = disposition?.FileName ?? type.Name;
        if (name is null)
            return null;
        var clean = DecodedText.Clean(name[(name.LastIndexOfAny(['/', '\\']) + 1)..]).Trim(' ', '.');
        return clean.Length switch
        {
            0 => null,
            > MaxName => DecodedText.Clean(clean[..MaxName]),
            _ => clean,
        };
    }
}
