using System.Buffers;
using System.Text;
using OrleansMail.Fuzz.Inputs;
using OrleansMail.Fuzz.Reference;
using OrleansMail.Smtp;
using OrleansMail.Smtp.Replies;

namespace OrleansMail.Fuzz.Targets;

/// <summary>Whatever a delivery puts into a reply's text, the wire form is one well-formed reply that lost no word.</summary>
internal sealed class ReplyTarget : IFuzzTarget
{
    public string Name => "replies";

    public void Run(byte[] input)
    {
        var text = Encoding.UTF8.GetString(input);
        var withStatus = new Cuts(input, 1).Next(0, 1) == 0;
        var reply = new SmtpReply(550, withStatus ? new EnhancedStatusCode(5, 1, 1) : null, text);
        var output = new ArrayBufferWriter<byte>();
        var written = ReplyWriter.Write(output, reply);
        PropertyException.Unless(written == output.WrittenCount, "All octets are counted");
        var wire = Encoding.Latin1.GetString(output.WrittenSpan);
        WireReplies.Judge(wire);
        PropertyException.Unless(WireReplies.Split(wire).Count == 1, "One reply is one reply");
        var prefix = withStatus ? "550-5.1.1 ".Length : "550-".Length;
        var words = string.Concat(wire.Split("\r\n")[..^1].Select(line => line[prefix..]));
        PropertyException.UnlessEqual(Squeezed(reply.Text), Squeezed(words), "No word is lost");
    }

    private static string Squeezed(string text) => text.Replace(" ", "", StringComparison.Ordinal).Replace("\n", "", StringComparison.Ordinal);
}
