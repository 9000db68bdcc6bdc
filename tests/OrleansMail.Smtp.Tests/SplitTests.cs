using System.Buffers;
using System.Text;
using CsCheck;
using OrleansMail.Smtp.Data;
using OrleansMail.Testing.Smtp;

namespace OrleansMail.Smtp.Tests;

public sealed class SplitTests
{
    private static readonly string[] Words =
    [
        "EHLO a.test\r\n", "HELO b\r\n", "MAIL FROM:<c@d.test>\r\n", "RCPT TO:<ok@example.test>\r\n", "RCPT TO:<no@example.test>\r\n",
        "DATA\r\n", "Subject: x\r\n", "\r\n.\r\n", "..\r\n", ".", "\r", "\n", "\r\n", "text", ".\r.", "RSET\r\n", "NOOP \0\r\n", "é",
        new string('y', 600), "VRFY x\r\n", "QUIT\r\n", "EHLO a.test\r\nMAIL FROM:<c@d.test>\r\nRCPT TO:<ok@example.test>\r\nDATA\r\n",
    ];

    private static readonly string[] Pieces = [".", "..", "\r", "\n", "\r\n", "a", "bc", ".\r\n", "\r\n.", "\n.\n"];

    private static readonly Gen<byte[]> Streams =
        Gen.Int[0, Words.Length - 1].Select(i => Words[i]).List[1, 40].Select(words => Encoding.Latin1.GetBytes(string.Concat(words)));

    private static readonly Gen<byte[]> Contents =
        Gen.Int[0, Pieces.Length - 1].Select(i => Pieces[i]).List[0, 30]
            .Select(words => Encoding.Latin1.GetBytes(string.Concat(words) + "\r\n"));

    private static readonly Gen<int[]> Cuts = Gen.Int[1, 60].Array[1, 12];

    [Fact]
    public void Any_split_of_the_octets_gives_the_same_replies_and_the_same_content() =>
        Gen.Select(Streams, Cuts).Sample((stream, cuts) => Play([stream]) == Play(Split(stream, cuts)), iter: 2000, threads: 1);

    [Fact]
    public void Octet_by_octet_gives_the_same_replies_and_the_same_content() =>
        Streams.Sample(stream => Play([stream]) == Play(Split(stream, [1])), iter: 300, threads: 1);

    [Fact]
    public void No_octets_make_the_engine_throw_or_answer_ill_formed() =>
        Gen.Byte.Array[0, 400].Sample(
            octets => Play([octets]).Split("\r\n")[..^1].All(line => line.Length <= 510 && char.IsAsciiDigit(line[0]) && line.All(c => c is >= ' ' and <= '~')),
            iter: 1000,
            threads: 1);

    [Fact]
    public void Unstuffing_is_the_inverse_of_stuffing_on_any_split() =>
        Gen.Select(Contents, Cuts, Gen.Int[3, 40]).Sample(
            (content, cuts, room) => Unstuff(Split(Stuff(content), cuts), out _, room) == Encoding.Latin1.GetString(content), iter: 5000, threads: 1);

    [Fact]
    public void Bare_newlines_are_noticed_on_any_split() =>
        Gen.Select(Contents, Cuts).Sample(
            (content, cuts) =>
            {
                var text = Encoding.Latin1.GetString(content).Replace("\r\n", "", StringComparison.Ordinal);
                Unstuff(Split(Stuff(content), cuts), out var bare);
                return bare == text.AsSpan().ContainsAny('\r', '\n');
            },
            iter: 5000,
            threads: 1);

    private static string Play(IEnumerable<ReadOnlyMemory<byte>> chunks)
    {
        var options = new SmtpServerOptions { HostName = "mx.example.test", MaxMessageBytes = 900 };
        var delivery = new MemoryDelivery();
        var server = new SmtpServer(options, delivery);
        var replies = Playback.RunAsync(server, chunks).GetAwaiter().GetResult();
        server.DisposeAsync().AsTask().GetAwaiter().GetResult();
        Assert.Equal(0, delivery.OpenSinks);
        foreach (var message in delivery.Messages)
            replies += Convert.ToHexString(message.Content) + message.Transaction.HasBareNewlines + "\r\n";
        return replies;
    }

    private static IEnumerable<ReadOnlyMemory<byte>> Split(byte[] stream, int[] cuts)
    {
        var at = 0;
        for (var i = 0; at < stream.Length; i++)
        {
            var length = Math.Min(cuts[i % cuts.Length], stream.Length - at);
            yield return stream.AsMemory(at, length);
            at += length;
        }
    }

    private static byte[] Stuff(byte[] content)
    {
        var text = Encoding.Latin1.GetString(content);
        var stuffed = (text.StartsWith('.') ? "." : "") + text.Replace("\r\n.", "\r\n..", StringComparison.Ordinal);
        return Encoding.Latin1.GetBytes(stuffed + ".\r\nQUIT\r\n");
    }

    private static string Unstuff(IEnumerable<ReadOnlyMemory<byte>> chunks, out bool bare, int room = 7)
    {
        var buffer = new byte[room];
        var scanner = new DataScanner();
        var content = new StringBuilder();
        var input = ReadOnlySequence<byte>.Empty;
        var status = DataStatus.NeedMore;
        foreach (var chunk in chunks)
        {
            input = Segments.Join(input, chunk);
            if (status == DataStatus.End)
                continue;
            status = scanner.Take(ref input, out var taken);
            content.Append(Encoding.Latin1.GetString(taken));
            while (status == DataStatus.Partial)
            {
                status = scanner.Unstuff(ref input, buffer, out var written);
                content.Append(Encoding.Latin1.GetString(buffer, 0, written));
            }
        }

        bare = scanner.HasBareNewlines;
        return status == DataStatus.End && input.ToArray().AsSpan().SequenceEqual("QUIT\r\n"u8) ? content.ToString() : "no end";
    }
}
