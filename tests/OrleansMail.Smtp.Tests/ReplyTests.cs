using System.Buffers;
using System.Net;
using OrleansMail.Smtp.Replies;

namespace OrleansMail.Smtp.Tests;

public sealed class ReplyTests
{
    [Fact]
    public void A_long_text_is_folded_at_512_octets_with_the_code_on_each_line()
    {
        var lines = Wire(new SmtpReply(550, new(5, 7, 1), string.Join(' ', Enumerable.Repeat("word", 300)))).Split("\r\n")[..^1];

        Assert.True(lines.Length > 2);
        Assert.All(lines, line => Assert.True(line.Length <= 510));
        Assert.All(lines[..^1], line => Assert.StartsWith("550-5.7.1 word", line));
        Assert.StartsWith("550 5.7.1 word", lines[^1]);
    }

    [Fact]
    public void A_text_without_spaces_fills_lines_of_exactly_512_octets()
    {
        var lines = Wire(new SmtpReply(550, new(5, 7, 1), new string('x', 2000))).Split("\r\n")[..^1];

        Assert.All(lines[..^1], line => Assert.Equal(510, line.Length));
        Assert.Equal(2000, lines.Sum(line => line.Count(c => c == 'x')));
    }

    [Fact]
    public void Text_from_elsewhere_can_neither_end_the_line_nor_leave_ascii() =>
        Assert.Equal("250-2.0.0 a?b\r\n250 2.0.0 caf?\r\n", Wire(new SmtpReply(250, new(2, 0, 0), "a\rb\ncaf\u00e9")));

    [Fact]
    public void A_code_or_status_that_is_none_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new SmtpReply(199, null, ""));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SmtpReply(560, null, ""));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SmtpReply(250, new(5, 0, 0), ""));
    }

    [Fact]
    public void The_trace_line_is_clean_and_names_a_single_recipient()
    {
        var session = new SmtpSessionContext { Id = "1", HostName = "mx.test", Helo = "a\r\nX: 1", IsExtended = true, RemoteEndPoint = new(IPAddress.IPv6Loopback, 1) };
        var transaction = new SmtpTransaction { Session = session, ReversePath = SmtpPath.Null };
        var recipient = new SmtpRecipient(new("ok", "x.test", "ok@x.test"), null!);
        var at = new DateTimeOffset(2024, 1, 2, 3, 4, 5, TimeSpan.FromHours(1));

        Assert.Equal(
            "Received: from a??X: 1 ([IPv6:::1])\r\n\tby mx.test with ESMTP id q1\r\n\tfor <ok@x.test>;\r\n\tTue, 02 Jan 2024 03:04:05 +0100\r\n",
            Text.Of(ReceivedHeader.Create(transaction, [recipient], "q1", at)));
        Assert.DoesNotContain("for <", Text.Of(ReceivedHeader.Create(transaction, [recipient, recipient], "q1", at)));
    }

    private static string Wire(SmtpReply reply)
    {
        var output = new ArrayBufferWriter<byte>();
        ReplyWriter.Write(output, reply);
        return Text.Of(output.WrittenSpan);
    }
}
