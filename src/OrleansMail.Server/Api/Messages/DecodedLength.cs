using MimeKit;
using MimeKit.Encodings;

namespace OrleansMail.Server.Api.Messages;

/// <summary>Counts the octets of a part's content once decoded, without keeping them.</summary>
internal sealed class DecodedLength(ContentEncoding encoding)
{
    private const int LongestLineEnd = 2;

    private readonly IMimeDecoder? decoder = encoding switch
    {
        ContentEncoding.Base64 => new Base64Decoder(),
        ContentEncoding.QuotedPrintable => new QuotedPrintableDecoder(),
        ContentEncoding.UUEncode => new UUDecoder(),
        _ => null,
    };

    private readonly byte[] held = new byte[LongestLineEnd];
    private byte[] output = [];
    private int heldCount;
    private long given;

    /// <summary>The octets; right once <see cref="Finish"/> was called.</summary>
    public long Octets { get; private set; }

    /// <summary>Takes content. Its last octets wait: the line end before a boundary is not content (RFC 2046 §5.1.1).</summary>
    public void Add(byte[] buffer, int start, int count)
    {
        given += count;
        if (decoder is null)
            return;
        if (count < LongestLineEnd)
        {
            byte[] joined = [.. held.AsSpan(0, heldCount), .. buffer.AsSpan(start, count)];
            (buffer, start, count, heldCount) = (joined, 0, joined.Length, 0);
        }

        Decode(held, 0, heldCount);
        heldCount = Math.Min(LongestLineEnd, count);
        Decode(buffer, start, count - heldCount);
        buffer.AsSpan(start + count - heldCount, heldCount).CopyTo(held);
    }

    /// <summary>The content is over.</summary>
    /// <param name="length">Octets of content, encoded, without the line end that belongs to the boundary.</param>
    public void Finish(long length)
    {
        if (decoder is null)
            Octets = length;
        else
            Decode(held, 0, (int)Math.Clamp(heldCount - (given - length), 0, heldCount));
    }

    private void Decode(byte[] buffer, int start, int count)
    {
        if (count == 0)
            return;
        var needed = decoder!.EstimateOutputLength(count);
        if (output.Length < needed)
            output = new byte[needed];
        Octets += decoder.Decode(buffer, start, count, output);
    }
}
