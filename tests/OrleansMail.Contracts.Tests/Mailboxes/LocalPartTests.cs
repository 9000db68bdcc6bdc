using System.Text;
using CsCheck;
using OrleansMail.Contracts.Domains;
using OrleansMail.Contracts.Mailboxes;

namespace OrleansMail.Contracts.Tests.Mailboxes;

public sealed class LocalPartTests
{
    private static readonly DomainName Domain = DomainName.Parse("a.test");

    private static readonly Gen<string> AnyText = Gen.String[Gen.OneOf(Gen.Char[' ', '~'], Gen.Char['\u00a0', '\u0400'], Gen.Const('"'), Gen.Const('\\')), 1, 40];

    [Fact]
    public void An_address_read_back_has_the_same_local_part() => AnyText.Sample(text =>
    {
        if (!LocalPart.TryFromValue(text, out var localPart))
            return Encoding.UTF8.GetByteCount(text) > 64;
        var address = localPart.At(Domain);
        return LocalPart.TryParse(address[..^"@a.test".Length], out var again) && again == localPart;
    });

    [Fact]
    public void Quoting_what_needs_none_makes_no_difference() => Gen.String[Gen.Char.AlphaNumeric, 1, 64].Sample(text =>
        LocalPart.Parse($"\"{text}\"") == LocalPart.Parse(text)
        && LocalPart.Parse($"\"{string.Concat(text.Take(31).Select(c => $"\\{c}"))}\"") == LocalPart.Parse(text[..Math.Min(31, text.Length)]));

    [Fact]
    public void The_key_is_its_own_key_and_ignores_the_case_of_ASCII() => AnyText.Sample(text =>
        !LocalPart.TryFromValue(text, out var localPart)
        || (LocalPart.TryFromValue(string.Concat(text.Select(c => char.IsAscii(c) ? char.ToUpperInvariant(c) : c)), out var upper)
            && upper.Key == localPart.Key
            && (!LocalPart.TryFromValue(localPart.Key, out var again) || again.Key == localPart.Key)));

    [Theory]
    [InlineData("")]
    [InlineData("\"")]
    [InlineData("\"\"")]
    [InlineData("\"a")]
    [InlineData("\"a\"b\"")]
    [InlineData("\"a\\\"")]
    [InlineData("a\r\nb")]
    [InlineData("a\0b")]
    [InlineData("\"a\tb\"")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public void What_is_no_local_part_is_refused(string text) => Assert.False(LocalPart.TryParse(text, out _));

    [Fact]
    public void A_lone_surrogate_is_refused() => Assert.False(LocalPart.TryParse("a\ud800", out _));

    [Theory]
    [InlineData("bob", "bob@a.test")]
    [InlineData("b.o.b", "b.o.b@a.test")]
    [InlineData("a b", "\"a b\"@a.test")]
    [InlineData(".a", "\".a\"@a.test")]
    [InlineData("a..b", "\"a..b\"@a.test")]
    [InlineData("a@b", "\"a@b\"@a.test")]
    [InlineData("\"a\\\\b\"", "\"a\\\\b\"@a.test")]
    [InlineData("jos\u00e9", "jos\u00e9@a.test")]
    public void An_address_is_quoted_where_it_must_be(string text, string address) => Assert.Equal(address, LocalPart.Parse(text).At(Domain));
}
