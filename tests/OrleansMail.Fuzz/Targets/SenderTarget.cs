using System.Text;
using OrleansMail.Smtp;
using OrleansMail.Smtp.Addresses;

namespace OrleansMail.Fuzz.Targets;

/// <summary>Senders as devices write them: what is strict is lenient too and the same, and what is only lenient is fit for a header line.</summary>
internal sealed class SenderTarget : IFuzzTarget
{
    private const int MaxLocalPart = 64;
    private const int MaxDomain = 255;

    public string Name => "senders";

    public void Run(byte[] input)
    {
        ReadOnlySpan<byte> text = input;
        var path = LenientPathSyntax.TryTakeReverse(ref text);
        ReadOnlySpan<byte> strictText = input;
        var strict = PathSyntax.TryTakeReverse(ref strictText);
        PropertyException.Unless(strict is null || strict == path && strictText.SequenceEqual(text), $"A strict sender is the same when devices' are taken too: {strict}, {path}");
        PropertyException.Unless(input.AsSpan().EndsWith(text), "A path is taken off the front");
        PropertyException.Unless(path is not null || text.Length == input.Length, "What is no path is left");
        if (path is not { IsNull: false })
            return;
        PropertyException.Unless(Octets(path.LocalPart) <= MaxLocalPart && Octets(path.Domain) is > 0 and <= MaxDomain, "A sender is within its limits and has a domain");
        PropertyException.Unless(!(path.LocalPart + path.Domain + path.Text).Any(static one => char.IsControl(one) || one == '\ufffd'), "A sender is printable");
        JudgeHeader(path);
    }

    private static void JudgeHeader(SmtpPath path)
    {
        PropertyException.Unless(!path.ToHeader(utf8: false).AsSpan().ContainsAnyExceptInRange(' ', '~'), "A header line without UTF-8 is ASCII");
        if (!DomainSyntax.IsDomainOrLiteral(Encoding.UTF8.GetBytes(path.Domain)))
            return; // an underscore
        ReadOnlySpan<byte> header = Encoding.UTF8.GetBytes($"<{path.ToHeader(utf8: true)}>");
        if (header.Length <= PathSyntax.MaxPath)
            PropertyException.Unless(PathSyntax.TryTakeReverse(ref header) is { } again && again.LocalPart == path.LocalPart && again.Domain == path.Domain, $"A header's mailbox is the sender: {path}");
    }

    private static int Octets(string text) => Encoding.UTF8.GetByteCount(text);
}
