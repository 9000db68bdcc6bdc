using System.Text;
using CsCheck;
using OrleansMail.Testing.Smtp;

namespace OrleansMail.Smtp.Tests;

/// <summary>The same content gives the same octets and the same flags, however it comes.</summary>
public sealed class ContentPropertyTests
{
    private const string Envelope = "EHLO a.test\r\nMAIL FROM:<c@d.test>\r\nRCPT TO:<ok@example.test>\r\n";

    private static readonly string[] Pieces =
        [".", "..", "\r", "\n", "\r\n", "a", ":", " ", "\t", "\0", "ÿ", ".\r\n", "\r\n.", "\n.\n", "a: b\r\n", new string('x', 600), new string('x', 997)];

    private static readonly Gen<string> Contents = Gen.Int[0, Pieces.Length - 1].Select(i => Pieces[i]).List[0, 12].Select(string.Concat);

    private static readonly Gen<int[]> Sizes = Gen.Int[0, 40].Array[1, 12].Where(sizes => sizes.Sum() > 0);

    private static readonly Gen<int[]> Cuts = Gen.Int[1, 60].Array[1, 12];

    [Fact]
    public void Any_chunks_in_any_pieces_store_what_one_chunk_stores() =>
        Gen.Select(Contents, Sizes, Cuts).Sample(
            (content, sizes, cuts) => Receive(Chunks(content, [content.Length + 1]), [int.MaxValue]) == Receive(Chunks(content, sizes), cuts), iter: 2000, threads: 1);

    [Fact]
    public void Data_and_chunks_store_the_same() =>
        Gen.Select(Contents, Sizes, Cuts).Sample(
            (content, sizes, cuts) =>
            {
                if (content.Length > 0)
                    content += "\r\n"; // data can't end otherwise
                return Receive(Stuff(content), cuts) == Receive(Chunks(content, sizes), cuts);
            },
            iter: 2000,
            threads: 1);

    [Fact]
    public void What_is_stored_is_what_was_sent_but_for_the_empty_line_that_is_told_of() =>
        Gen.Select(Contents, Sizes, Cuts).Sample(
            (content, sizes, cuts) =>
            {
                var message = ReceiveOne(Chunks(content, sizes), cuts);
                return Text.Of(message.Content) == (message.Transaction.LacksHeader ? "\r\n" : "") + content
                    && message.Transaction.HasBareNewlines == content.Replace("\r\n", "", StringComparison.Ordinal).AsSpan().ContainsAny('\r', '\n');
            },
            iter: 2000,
            threads: 1);

    [Fact]
    public void Rejected_in_data_is_exactly_what_is_told_of() =>
        Gen.Select(Contents, Cuts).Sample(
            (content, cuts) =>
            {
                content += "\r\n";
                var told = ReceiveOne(Stuff(content), cuts).Transaction.HasBareNewlines;
                return Messages(Stuff(content), cuts, SmtpBareNewlines.Reject).Count == (told ? 0 : 1);
            },
            iter: 1000,
            threads: 1);

    private static string Receive(string input, int[] cuts)
    {
        var message = ReceiveOne(input, cuts);
        return $"{message.Transaction.LacksHeader} {message.Transaction.HasBareNewlines} {Text.Of(message.Content)}";
    }

    private static MemoryMessage ReceiveOne(string input, int[] cuts) => Assert.Single(Messages(input, cuts, SmtpBareNewlines.Accept));

    private static IReadOnlyList<MemoryMessage> Messages(string input, int[] cuts, SmtpBareNewlines newlines)
    {
        var delivery = new MemoryDelivery();
        var server = new SmtpServer(new SmtpServerOptions { HostName = "mx.example.test", BareNewlines = newlines, MaxCommandsWithoutTransaction = 0 }, delivery);
        var replies = Playback.RunAsync(server, Split(Encoding.Latin1.GetBytes(Envelope + input + "NOOP\r\n"), cuts)).GetAwaiter().GetResult();
        server.DisposeAsync().AsTask().GetAwaiter().GetResult();
        Assert.EndsWith("250 2.0.0 Ok\r\n", replies); // in step to the end
        Assert.Equal(0, delivery.OpenSinks);
        return delivery.Messages;
    }

    private static string Stuff(string content) =>
        "DATA\r\n" + (content.StartsWith('.') ? "." : "") + content.Replace("\r\n.", "\r\n..", StringComparison.Ordinal) + ".\r\n";

    private static string Chunks(string content, int[] sizes)
    {
        var commands = new StringBuilder();
        var at = 0;
        for (var i = 0; at < content.Length; i++)
        {
            var size = Math.Min(sizes[i % sizes.Length], content.Length - at);
            commands.Append("BDAT ").Append(size).Append("\r\n").Append(content, at, size);
            at += size;
        }

        return commands.Append("BDAT 0 LAST\r\n").ToString();
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
}
