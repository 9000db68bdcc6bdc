using System.Security.Cryptography;
using System.Text;
using CsCheck;
using OrleansMail.Contracts.Keys;

namespace OrleansMail.Contracts.Tests.Keys;

public sealed class ApiKeySecretTests
{
    private const string Known = "omk_EXAMPLEEXAMPLEEXAMPLEEXAMPLEEXAMPLEEXAMPLEA";

    /// <summary>Texts that are nearly secrets.</summary>
    public static TheoryData<string> Near =>
    [
        "",
        "omk_",
        Known[..^1],
        Known + "A",
        " " + Known,
        Known + " ",
        Known + "\n",
        "OMK_" + Known[4..],
        "Omk_" + Known[4..],
        "omk-" + Known[4..],
        "ｏmk_" + Known[4..],
        "omk_" + "٣" + Known[5..],
        "omk_" + "Ａ" + Known[5..],
        "omk_" + "+" + Known[5..],
        "omk_" + "/" + Known[5..],
        "omk_" + "=" + Known[5..],
        "omk_" + "." + Known[5..],
        "omk_" + " " + Known[5..],
        "omk_" + "\0" + Known[5..],
        Known[..^1] + "=",
        Known[..^1] + "B",
        Known[..^1] + "_",
        new string('A', 47),
        new string('x', 1_000_000),
    ];

    [Fact]
    public void A_secret_has_a_prefix_that_scanners_find_256_bits_and_a_hash()
    {
        var secrets = Enumerable.Range(0, 1000).Select(_ => ApiKeySecret.Create()).ToList();
        Assert.Equal(1000, secrets.Distinct().Count());
        foreach (var secret in secrets)
        {
            Assert.Matches("^omk_[A-Za-z0-9_-]{43}$", secret);
            Assert.True(ApiKeySecret.TryHash(secret, out var hash), secret);
            Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(secret))), hash.Value);
        }

        // Each of the 42 whole characters takes each of its 64 values, the last one the 16 that leave two bits zero.
        Assert.All(Enumerable.Range(4, 42), at => Assert.Equal(64, secrets.Select(s => s[at]).Distinct().Count()));
        Assert.Equal(16, secrets.Select(s => s[^1]).Distinct().Count());
    }

    [Theory, MemberData(nameof(Near))]
    public void What_is_nearly_a_secret_is_none(string text)
    {
        Assert.True(ApiKeySecret.TryHash(Known, out _));
        Assert.False(ApiKeySecret.TryHash(text, out var hash));
        Assert.Equal(default, hash);
        Assert.False(ApiKeySecret.TryHash(null, out _));
    }

    [Fact]
    public void Whoever_changes_one_character_has_another_key_or_none() =>
        Gen.Select(Gen.Int[0, ApiKeySecret.Length - 1], Gen.OneOf(Gen.Char[' ', '~'], Gen.Char['\0', '\uffff'])).Sample((at, character) =>
        {
            var secret = ApiKeySecret.Create();
            var other = $"{secret[..at]}{character}{secret[(at + 1)..]}";
            ApiKeySecret.TryHash(secret, out var hash);
            return other == secret || !ApiKeySecret.TryHash(other, out var another) || another != hash;
        });

    [Theory, InlineData(""), InlineData("abc"), InlineData("G")]
    public void A_stored_hash_that_is_none_is_not_taken_for_one(string text)
    {
        ApiKeySecret.TryHash(Known, out var hash);
        Assert.Equal(hash, ApiKeyHash.Parse(hash.Value));
        Assert.Throws<FormatException>(() => ApiKeyHash.Parse(text.Length == 1 ? new string(text[0], 64) : text));
        Assert.Throws<FormatException>(() => ApiKeyHash.Parse(hash.Value.ToUpperInvariant()));
    }
}
