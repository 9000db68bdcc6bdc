using MimeKit;

namespace OrleansMail.Server.Api.Messages;

/// <summary>
/// Finds a message's attachments while it streams by: parts that say so, have a file name, or are no text. An attached message counts
/// as one attachment. Memory, attachments, parts and depth are bounded; what lies beyond a bound is not listed.
/// </summary>
internal sealed class AttachmentReader : MimeReader
{
    private const int MaxAttachments = 1000;
    private const int MaxParts = 10_000;
    private const int MaxDepth = 64;
    private static readonly ParserOptions Limits = new() { MaxMimeDepth = MaxDepth };

    private readonly MeteredStream source;
    private readonly List<AttachmentResource> found = [];
    private PartHeaders headers = new();
    private DecodedLength? length;
    private int messageDepth;
    private int parts;

    private AttachmentReader(MeteredStream source) : base(Limits, source, MimeFormat.Entity) => this.source = source;

    /// <summary>Reads to the end of the message or to a bound. What is no MIME gives no attachments.</summary>
    /// <param name="raw">The message; not disposed.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async Task<IReadOnlyList<AttachmentResource>> ReadAsync(Stream raw, CancellationToken cancellationToken)
    {
        var reader = new AttachmentReader(new MeteredStream(raw));
        try
        {
            await reader.ReadMessageAsync(cancellationToken);
        }
        catch (FormatException)
        {
            // Not a message at all: what was found up to here stands.
        }

        return reader.found;
    }

    /// <inheritdoc/>
    protected override Task OnHeadersBeginAsync(long beginOffset, int beginLineNumber, CancellationToken cancellationToken)
    {
        headers = new PartHeaders();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    protected override Task OnHeaderReadAsync(Header header, int beginLineNumber, CancellationToken cancellationToken)
    {
        source.Progress();
        headers.Add(header);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    protected override Task OnMimePartBeginAsync(ContentType contentType, long beginOffset, int beginLineNumber, CancellationToken cancellationToken)
    {
        if (++parts > MaxParts)
            source.Stop();
        length = messageDepth == 0 && headers.IsAttachment(contentType) ? new DecodedLength(headers.Encoding) : null;
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    protected override Task OnMimePartContentReadAsync(byte[] buffer, int startIndex, int count, CancellationToken cancellationToken)
    {
        source.Progress();
        length?.Add(buffer, startIndex, count);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    protected override Task OnMimePartContentEndAsync(
        long beginOffset, int beginLineNumber, long endOffset, int lines, NewLineFormat? newLineFormat, CancellationToken cancellationToken)
    {
        length?.Finish(endOffset - beginOffset);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    protected override Task OnMimePartEndAsync(
        ContentType contentType, long beginOffset, int beginLineNumber, long headersEndOffset, long endOffset, int lines, CancellationToken cancellationToken)
    {
        if (length is { } counted)
            Add(headers.Name(contentType), contentType, counted.Octets);
        length = null;
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    protected override Task OnMessagePartBeginAsync(ContentType contentType, long beginOffset, int beginLineNumber, CancellationToken cancellationToken)
    {
        if (messageDepth++ == 0)
            Add(headers.Name(contentType), contentType, 0);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    protected override Task OnMessagePartEndAsync(
        ContentType contentType, long beginOffset, int beginLineNumber, long headersEndOffset, long endOffset, int lines, CancellationToken cancellationToken)
    {
        if (--messageDepth == 0 && found.Count > 0)
            found[^1] = found[^1] with { Size = endOffset - headersEndOffset };
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    protected override Task OnMultipartPreambleReadAsync(byte[] buffer, int startIndex, int count, CancellationToken cancellationToken)
    {
        source.Progress();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    protected override Task OnMultipartEpilogueReadAsync(byte[] buffer, int startIndex, int count, CancellationToken cancellationToken)
    {
        source.Progress();
        return Task.CompletedTask;
    }

    private void Add(string? name, ContentType type, long octets)
    {
        if (found.Count == MaxAttachments)
            source.Stop();
        else
            found.Add(new AttachmentResource(found.Count, name, DecodedText.Clean(type.MimeType), octets));
    }
}
