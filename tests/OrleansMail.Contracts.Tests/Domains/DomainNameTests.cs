using CsCheck;
using OrleansMail.Contracts.Domains;

namespace OrleansMail.Contracts.Tests.Domains;

public sealed class DomainNameTests
{
    [Theory]
    [InlineData("A.Test", "a.test")]
    [InlineData("b\u00fccher.example", "xn--bcher-kva.example")]
    [InlineData("B\u00dcCHER.example", "xn--bcher-kva.example")]
    [InlineData("bu\u0308cher.example", "xn--bcher-kva.example")]
    [InlineData("XN--BCHER-KVA.example", "xn--bcher-kva.example")]
    [InlineData("_dmarc.a.test", "_dmarc.a.test")]
    [InlineData("localhost", "localhost")]
    public void Forms_of_one_name_are_one(string text, string expected) => Assert.Equal(expected, DomainName.Parse(text).Value);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("a.")]
    [InlineData(".a")]
    [InlineData("a..b")]
    [InlineData("-a.test")]
    [InlineData("a-.test")]
    [InlineData("a b.test")]
    [InlineData("a/b")]
    [InlineData("[192.0.2.1]")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.test")]
    public void What_is_no_name_is_refused(string? text) => Assert.False(DomainName.TryParse(text, out _));

    [Fact]
    public void A_name_read_back_is_the_same() => Gen.String[Gen.Char["abz09-_.AZ\u00fc"], 1, 60].Sample(text =>
        !DomainName.TryParse(text, out var name) || DomainName.Parse(name.Value) == name);

    [Fact]
    public void A_name_longer_than_253_characters_is_refused()
    {
        var label = new string('a', 63);
        Assert.True(DomainName.TryParse($"{label}.{label}.{label}.{label[..61]}", out _));
        Assert.False(DomainName.TryParse($"{label}.{label}.{label}.{label[..62]}", out _));
    }
}
