using System.Globalization;
using System.Text;

namespace OrleansMail.Benchmarks.Load;

/// <summary>The octets that all connections of a load share: made once, so that a transaction costs the generator copies and no formatting.</summary>
internal sealed class LoadPayload
{
    private const int NumberDigits = 10;
    private const int LineLength = 78;

    private readonly byte[][] _recipients;

    /// <summary>Makes them.</summary>
    public LoadPayload(LoadOptions options)
    {
        Mail = Encoding.ASCII.GetBytes($"MAIL FROM:<{options.Sender}>\r\n");
        _recipients = [.. Enumerable.Range(0, options.Mailboxes).Select(n => Recipient(options.RecipientPattern, n))];
        var run = Random.Shared.Next().ToString("x8", CultureInfo.InvariantCulture);
        var header = string.Create(CultureInfo.InvariantCulture, $"From: <{options.Sender}>\r\nTo: undisclosed-recipients:;\r\nSubject: load\r\nDate: Tue, 24 Nov 2026 03:00:00 +0000\r\nMIME-Version: 1.0\r\nContent-Type: text/plain\r\nMessage-ID: <{run}.");
        NumberOffset = header.Length;
        header += new string('0', NumberDigits) + "@loadgen.test>\r\n\r\n";
        Head = Encoding.ASCII.GetBytes(header);
        Body = MakeBody(Math.Max(2, options.Size - Head.Length));
    }

    /// <summary>The MAIL line.</summary>
    public byte[] Mail { get; }

    /// <summary>Header fields and the empty line; the message's number is to be written at <see cref="NumberOffset"/>.</summary>
    public byte[] Head { get; }

    /// <summary>Where the ten digits of the message's number go.</summary>
    public int NumberOffset { get; }

    /// <summary>The text below the header, ending in CRLF, without a line that begins with a dot.</summary>
    public byte[] Body { get; }

    /// <summary>The longest RCPT line.</summary>
    public int LongestRecipient => _recipients.Max(line => line.Length);

    /// <summary>The RCPT line of a mailbox.</summary>
    public ReadOnlySpan<byte> RecipientLine(long number) => _recipients[number % _recipients.Length];

    /// <summary>Writes a message's number as digits.</summary>
    public static void WriteNumber(Span<byte> at, long number)
    {
        for (var i = NumberDigits - 1; i >= 0; i--, number /= 10)
            at[i] = (byte)('0' + (number % 10));
    }

    private static byte[] Recipient(string pattern, int number) =>
        Encoding.ASCII.GetBytes($"RCPT TO:<{pattern.Replace("{n}", number.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)}>\r\n");

    private static byte[] MakeBody(int size)
    {
        var body = new byte[size];
        for (var i = 0; i < size; i++)
            body[i] = (byte)('a' + ((i / LineLength) + (i % LineLength)) % 26);
        for (var end = LineLength; end < size - 2; end += LineLength)
            "\r\n"u8.CopyTo(body.AsSpan(end - 2));
        "\r\n"u8.CopyTo(body.AsSpan(size - 2));
        return body;
    }
}
