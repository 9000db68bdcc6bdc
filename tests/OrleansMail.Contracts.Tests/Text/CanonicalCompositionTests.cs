using CsCheck;
using OrleansMail.Contracts.Text;

namespace OrleansMail.Contracts.Tests.Text;

public sealed class CanonicalCompositionTests
{
    [Theory]
    [InlineData("\u0065\u0301", "\u00e9")]
    [InlineData("\u0041\u030a", "\u00c5")]
    [InlineData("\u212b", "\u00c5")]
    [InlineData("\u1e9b\u0323", "\u1e9b\u0323")]
    [InlineData("\u0958", "\u0915\u093c")]
    [InlineData("\u1100\u1161\u11a8", "\uac01")]
    [InlineData("\uac00\u11a8", "\uac01")]
    [InlineData("\u0061\u0315\u0300\u05ae\u0062", "\u00e0\u05ae\u0315\u0062")]
    [InlineData("\u0344", "\u0308\u0301")]
    [InlineData("\u0061\u0323\u0307", "\u1ea1\u0307")]
    [InlineData("\u0061\u0307\u0323", "\u1ea1\u0307")]
    [InlineData("\U0001d15e", "\U0001d157\U0001d165")]
    [InlineData("\u0c46\u0c56", "\u0c48")]
    [InlineData("\u0b47\u0300\u0b3e", "\u0b47\u0300\u0b3e")]
    [InlineData("\u1100\u0300\u1161", "\u1100\u0300\u1161")]
    [InlineData("\u0071\u0307\u0323", "\u0071\u0323\u0307")]
    [InlineData("\u03d3", "\u03d3")]
    [InlineData("\ufb1d", "\u05d9\u05b4")]
    [InlineData("\u0f73", "\u0f71\u0f72")]
    [InlineData("\u2adc", "\u2add\u0338")]
    public void Text_is_composed_as_Unicode_says(string text, string composed) => Assert.Equal(composed, CanonicalComposition.Normalize(text));

    [Fact]
    public void Composing_twice_changes_nothing_more() => Gen.String[Gen.OneOf(Gen.Char['a', 'z'], Gen.Char['\u00c0', '\u0400'], Gen.Char['\u1100', '\u1200'], Gen.Char['\u0f00', '\u0fff'])]
        .Sample(text => CanonicalComposition.Normalize(CanonicalComposition.Normalize(text)) == CanonicalComposition.Normalize(text));

    [Fact]
    public void A_lone_surrogate_is_not_text() => Assert.Throws<ArgumentException>(() => CanonicalComposition.Normalize("a\ud800b"));
}
