using System.Buffers;
using System.Text;
using OrleansMail.Smtp;
using OrleansMail.Smtp.Addresses;

namespace OrleansMail.Fuzz.Targets;

/// <summary>A path that was taken is within its limits, harmless to print, and taken again when printed.</summary>
internal sealed class PathTarget : IFuzzTarget
{
    private const int MaxLocalPart = 64;
    private const int MaxDomain = 255;
    private const int MaxMailbox = 254;

    private static readonly SearchValues<char> NotInDomain = SearchValues.Create("<>@\" ,");

    private delegate SmtpPath? Take(ref ReadOnlySpan<byte> text);

    public string Name => "paths";

    public void Run(byte[] input)
    {
        var reverse = Judge(input, PathSyntax.TryTakeReverse);
        var forward = Judge(input, PathSyntax.TryTakeForward);
        PropertyException.Unless(forward is not { IsNull: true }, "The null path is no recipient");
        if (reverse is { IsNull: false })
            PropertyException.Unless(reverse == forward, "A sender that is not null is a path of a recipient too");
        if (forward is not null && reverse is null)
            PropertyException.Unless(forward.Domain.Length == 0 && forward.LocalPart.Equals("postmaster", StringComparison.OrdinalIgnoreCase), "Only postmaster lacks a domain");
    }

    private static SmtpPath? Judge(byte[] input, Take take)
    {
        ReadOnlySpan<byte> text = input;
        if (take(ref text) is not { } path)
            return null;
        PropertyException.Unless(input.AsSpan().EndsWith(text) && text.Length < input.Length, "A path is taken off the front");
        PropertyException.Unless(Octets(path.LocalPart) <= MaxLocalPart && Octets(path.Domain) <= MaxDomain && Octets(path.Text) <= MaxMailbox, "A path is within its limits");
        PropertyException.Unless(!(path.LocalPart + path.Domain + path.Text).Any(static one => char.IsControl(one) || one == '\ufffd'), "A path is printable");
        PropertyException.Unless(!path.Domain.AsSpan().ContainsAny(NotInDomain), "A domain has no octets of another part");
        PropertyException.Unless(path.Domain.Length == 0 || !Ascii.IsValid(path.Domain) || DomainSyntax.IsHelloName(Encoding.ASCII.GetBytes(path.Domain)), "A path's domain is a name for HELO too");
        ReadOnlySpan<byte> printed = Encoding.UTF8.GetBytes($"<{path.Text}>");
        PropertyException.Unless(take(ref printed) is { } again && again == path && printed.IsEmpty, $"A printed path is taken again: {path.Text}");
        if (!path.IsNull && path.Domain.Length > 0)
            JudgeQuoted(path, take);
        return path;
    }

    private static int Octets(string text) => Encoding.UTF8.GetByteCount(text);

    // The local part in its quoted form is the same mailbox (RFC 5321 §4.1.2).
    private static void JudgeQuoted(SmtpPath path, Take take)
    {
        var local = path.LocalPart.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
        ReadOnlySpan<byte> quoted = Encoding.UTF8.GetBytes($"<\"{local}\"@{path.Domain}>");
        if (quoted.Length - 2 > MaxMailbox)
            return;
        PropertyException.Unless(
            take(ref quoted) is { } again && again.LocalPart == path.LocalPart && again.Domain == path.Domain,
            $"A path and its quoted form are the same mailbox: {path.Text}");
    }
}
