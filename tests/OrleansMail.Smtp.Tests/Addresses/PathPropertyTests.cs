using System.Text;
using CsCheck;
using OrleansMail.Smtp.Addresses;

namespace OrleansMail.Smtp.Tests.Addresses;

public sealed class PathPropertyTests
{
    private delegate SmtpPath? Parser(ref ReadOnlySpan<byte> text);

    private static readonly string[] Words =
    [
        "<", ">", "@", ".", "..", ":", ",", "\"", "\\", " ", "\t", "a", "ok", "postmaster", "-", "_", "x.test", "@h.test:", "[", "]", "[IPv6:::1]",
        "[192.0.2.1]", "\u00fc", "\u202e", "\u0085", "\u200d", "\0", "\r", "\n", "SIZE=1", "\ud83d\ude00", new string('k', 60), new string('d', 63),
    ];

    private static readonly Gen<byte[]> NearPaths = Gen.OneOf(
        Gen.Int[0, Words.Length - 1].Select(i => Words[i]).List[0, 12].Select(words => Encoding.UTF8.GetBytes(string.Concat(words))),
        Gen.Int[0, Words.Length - 1].Select(i => Words[i]).List[0, 6].Select(words => Encoding.UTF8.GetBytes($"<{string.Concat(words)}@x.test>")),
        Gen.Byte.Array[0, 300]);

    private static readonly Gen<string> LocalParts =
        Gen.Char["abz09!#$%&'*+-/=?^_`{|}~. \"\\()<>@,;:[]\u00fc\u0436\u4e2d"].Array[1, 20].Select(characters => new string(characters));

    [Fact]
    public void Octets_of_any_kind_throw_nothing_and_pass_no_limit() =>
        NearPaths.Sample(
            octets => Holds(octets, PathSyntax.TryTakeReverse) && Holds(octets, PathSyntax.TryTakeForward) && Holds(octets, LenientPathSyntax.TryTakeReverse),
            iter: 20_000,
            threads: 1);

    [Fact]
    public void A_path_that_was_taken_is_taken_again_from_its_text() =>
        NearPaths.Sample(
            octets =>
            {
                ReadOnlySpan<byte> text = octets;
                return PathSyntax.TryTakeForward(ref text) is not { } path || path.Text.Length == 0 || path == Take($"<{path.Text}>", PathSyntax.TryTakeForward);
            },
            iter: 20_000,
            threads: 1);

    [Fact]
    public void Any_local_part_survives_quoting() =>
        LocalParts.Sample(
            local =>
            {
                var quoted = local.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
                return Take($"<\"{quoted}\"@x.test>", PathSyntax.TryTakeReverse)?.LocalPart == (Encoding.UTF8.GetByteCount(local) > 64 ? null : local);
            },
            iter: 5000,
            threads: 1);

    [Fact]
    public void What_is_strictly_a_path_is_the_same_path_leniently() =>
        NearPaths.Sample(
            octets =>
            {
                ReadOnlySpan<byte> strict = octets, lenient = octets;
                return PathSyntax.TryTakeReverse(ref strict) is not { } path || path == LenientPathSyntax.TryTakeReverse(ref lenient) && strict.SequenceEqual(lenient);
            },
            iter: 20_000,
            threads: 1);

    [Fact]
    public void A_sender_of_any_kind_is_strictly_a_path_in_a_header_line() =>
        NearPaths.Sample(
            octets =>
            {
                ReadOnlySpan<byte> text = octets;
                return LenientPathSyntax.TryTakeReverse(ref text) is not { IsNull: false } path
                    || path.Domain.Contains('_', StringComparison.Ordinal)
                    || path.LocalPart.Length > 60 // quotes may make the whole longer than a path
                    || Take($"<{path.ToHeader(utf8: true)}>", PathSyntax.TryTakeReverse) is { } again && again.LocalPart == path.LocalPart && again.Domain == path.Domain;
            },
            iter: 20_000,
            threads: 1);

    private static SmtpPath? Take(string text, Parser parser)
    {
        ReadOnlySpan<byte> octets = Encoding.UTF8.GetBytes(text);
        var path = parser(ref octets);
        return octets.IsEmpty ? path : null;
    }

    private static bool Holds(byte[] octets, Parser parser)
    {
        ReadOnlySpan<byte> text = octets;
        if (parser(ref text) is not { } path)
            return text.SequenceEqual(octets);
        return text.Length < octets.Length
            && octets.AsSpan().EndsWith(text)
            && Encoding.UTF8.GetByteCount(path.LocalPart) <= 64
            && Encoding.UTF8.GetByteCount(path.Text) <= 254
            && path.Text.EnumerateRunes().All(rune => rune.IsAscii ? rune.Value is >= 32 and <= 126 : AddressText.IsAllowed(rune))
            && (path.IsNull || path.LocalPart.Length > 0 || path.Text.StartsWith("\"\"@", StringComparison.Ordinal));
    }
}
