using OrleansMail.Storage.Encryption;

namespace OrleansMail.Storage.Tests.Encryption;

public sealed class ExtendedGcmTests
{
    [Theory]
    [InlineData(1, "", "ce546ef63c9cc60765923609b33a9a1974e96e52daf2fcf7075e2271")]
    [InlineData(3, "c2sp.org/XAES-256-GCM", "986ec1832593df5443a179437fd083bf3fdb41abd740a21f71eb769d")]
    public void It_gives_the_octets_of_the_published_vectors(byte key, string associated, string expected)
    {
        var target = new byte[12 + ExtendedGcm.TagSize];

        ExtendedGcm.Seal(
            Enumerable.Repeat(key, 32).ToArray(), "ABCDEFGHIJKLMNOPQRSTUVWX"u8, "XAES-256-GCM"u8, System.Text.Encoding.ASCII.GetBytes(associated), target);

        Assert.Equal(expected, Convert.ToHexStringLower(target));
    }
}
