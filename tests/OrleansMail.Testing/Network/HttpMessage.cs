using System.Globalization;
using System.Text;

namespace OrleansMail.Testing.Network;

/// <summary>One HTTP/1.1 request or answer, whole, as octets: the start line and fields, and the body with its framing.</summary>
/// <param name="Head">Start line and fields, with the empty line.</param>
/// <param name="Body">As sent, with chunk sizes where it is chunked.</param>
internal sealed record HttpMessage(byte[] Head, byte[] Body)
{
    private const string Expect = "Expect";
    private readonly string[] start = Encoding.Latin1.GetString(Head).Split("\r\n", 2)[0].Split(' ');

    /// <summary>The method of a request.</summary>
    public string Method => start[0];

    /// <summary>The target of a request.</summary>
    public string Target => start[1];

    /// <summary>Reads the next message; null when the connection ends before one.</summary>
    /// <param name="reader">Behind the message before.</param>
    /// <param name="hasBody">False for the answer to a HEAD, which tells a length and has no body.</param>
    /// <param name="proceed">Tells a client that asks first whether it may send the body; the question is not passed on. Null for answers.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<HttpMessage?> ReadAsync(BufferedStream reader, bool hasBody, Func<Task>? proceed, CancellationToken cancellationToken)
    {
        var head = await ReadThroughAsync(reader, "\r\n\r\n"u8.ToArray(), cancellationToken);
        if (head is null)
            return null;
        var fields = Encoding.Latin1.GetString(head).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        if (proceed is not null && Field(fields, Expect) is not null)
        {
            await proceed();
            fields = [.. fields.Where(field => !field.StartsWith(Expect, StringComparison.OrdinalIgnoreCase))];
            head = Encoding.Latin1.GetBytes(string.Join("\r\n", fields) + "\r\n\r\n");
        }

        if (!hasBody || fields[0].Contains(" 204 ", StringComparison.Ordinal) || fields[0].Contains(" 304 ", StringComparison.Ordinal))
            return new HttpMessage(head, []);
        if (Field(fields, "Transfer-Encoding") is { } coding && coding.Contains("chunked", StringComparison.OrdinalIgnoreCase))
            return new HttpMessage(head, await ReadChunksAsync(reader, cancellationToken));
        var body = new byte[int.Parse(Field(fields, "Content-Length") ?? "0", CultureInfo.InvariantCulture)];
        await reader.ReadExactlyAsync(body, cancellationToken);
        return new HttpMessage(head, body);
    }

    private static string? Field(string[] fields, string name) =>
        fields.FirstOrDefault(field => field.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))?[(name.Length + 1)..].Trim();

    private static async Task<byte[]> ReadChunksAsync(BufferedStream reader, CancellationToken cancellationToken)
    {
        using var body = new MemoryStream();
        while (true)
        {
            var line = await ReadThroughAsync(reader, "\r\n"u8.ToArray(), cancellationToken) ?? throw new EndOfStreamException();
            var length = int.Parse(Encoding.ASCII.GetString(line).Split(';')[0].Trim(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            var chunk = new byte[length + 2];
            await reader.ReadExactlyAsync(chunk, cancellationToken);
            body.Write(line);
            body.Write(chunk);
            if (length == 0)
                return body.ToArray();
        }
    }

    private static async Task<byte[]?> ReadThroughAsync(BufferedStream reader, byte[] end, CancellationToken cancellationToken)
    {
        var octets = new List<byte>();
        var one = new byte[1];
        while (!octets.TakeLast(end.Length).SequenceEqual(end))
        {
            if (await reader.ReadAsync(one, cancellationToken) == 0)
                return octets.Count == 0 ? null : throw new EndOfStreamException();
            octets.Add(one[0]);
        }

        return [.. octets];
    }
}
