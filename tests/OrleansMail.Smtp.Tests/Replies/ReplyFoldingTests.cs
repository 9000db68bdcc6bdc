using System.Buffers;
using OrleansMail.Smtp.Replies;

namespace OrleansMail.Smtp.Tests.Replies;

/// <summary>Replies on the wire, at the bounds of a line (RFC 5321 §4.5.3.1.5).</summary>
public sealed class ReplyFoldingTests
{
    // 512 octets less "250 2.0.0 " and CRLF.
    private const int Room = 500;

    [Fact]
    public void A_text_that_just_fits_is_one_line()
    {
        var text = new string('x', Room);

        Assert.Equal($"250 2.0.0 {text}\r\n", Wire(text));
        Assert.Equal($"250-2.0.0 {text}\r\n250 2.0.0 x\r\n", Wire(text + "x"));
    }

    [Fact]
    public void A_word_that_just_fits_stays_on_its_line_and_the_space_behind_it_is_dropped()
    {
        var first = new string('a', Room - 2) + " b";

        Assert.Equal($"250-2.0.0 {first}\r\n250 2.0.0 c\r\n", Wire(first + " c"));
        Assert.Equal($"250-2.0.0 {first[..^2]}\r\n250 2.0.0 bb c\r\n", Wire(first + "b c"));
    }

    [Fact]
    public void A_text_that_begins_with_a_space_is_cut_where_the_line_is_full()
    {
        var text = " " + new string('x', Room);

        Assert.Equal($"250-2.0.0 {text[..Room]}\r\n250 2.0.0 x\r\n", Wire(text));
    }

    [Theory, InlineData("", "250 2.0.0 \r\n"), InlineData("a\nb", "250-2.0.0 a\r\n250 2.0.0 b\r\n"), InlineData("a\n", "250-2.0.0 a\r\n250 2.0.0 \r\n"), InlineData("\na", "250-2.0.0 \r\n250 2.0.0 a\r\n"), InlineData("a\r\nb", "250-2.0.0 a\r\n250 2.0.0 b\r\n")]
    public void A_line_feed_begins_a_further_line(string text, string wire) => Assert.Equal(wire, Wire(text));

    [Fact]
    public void A_reply_without_status_has_its_code_alone()
    {
        var output = new ArrayBufferWriter<byte>();

        Assert.Equal("354 Go\r\n".Length, ReplyWriter.Write(output, new SmtpReply(354, null, "Go")));
        Assert.Equal("354 Go\r\n", Text.Of(output.WrittenSpan));
    }

    [Fact]
    public void The_bounds_of_codes_are_good_and_a_status_is_of_their_class()
    {
        Assert.Equal("200 x", new SmtpReply(200, null, "x").ToString());
        Assert.Equal("559 5.1.2 x", new SmtpReply(559, new(5, 1, 2), "x").ToString());
        Assert.True(new SmtpReply(299, null, "").IsPositive);
        Assert.False(new SmtpReply(300, null, "").IsPositive);
        Assert.Throws<ArgumentOutOfRangeException>(static () => new SmtpReply(450, new(5, 0, 0), ""));
    }

    [Theory, InlineData(" ~", " ~"), InlineData("\u001f", "?"), InlineData("\u007f", "?"), InlineData("a\tb", "a?b")]
    public void Text_is_printable(string text, string clean) => Assert.Equal(clean, new SmtpReply(250, null, text).Text);

    private static string Wire(string text)
    {
        var output = new ArrayBufferWriter<byte>();
        Assert.Equal(ReplyWriter.Write(output, new SmtpReply(250, new(2, 0, 0), text)), output.WrittenCount);
        return Text.Of(output.WrittenSpan);
    }
}
