using CsCheck;
using OrleansMail.Contracts.Storage;
using OrleansMail.Storage.Encryption;

namespace OrleansMail.Storage.Tests.Encryption;

public sealed class RecordSealerTests
{
    // Sealed once under versions of 7s and 8s: it has to open for ever.
    private const string Pinned = "Data/record-1.hex";

    [Fact]
    public void What_was_sealed_opens() =>
        Gen.Select(Gen.Byte.Array[0, 3000], Gen.Byte.Array[0, 100]).Sample((plain, associated) =>
        {
            using var keys = Keys.Of(7, 8);
            Assert.Equal(plain, RecordSealer.Open(keys, RecordSealer.Seal(keys, plain, associated), associated));
        });

    [Fact]
    public void Any_changed_bit_is_noticed() =>
        Gen.Select(Gen.Byte.Array[0, 200], Gen.Int[0, 100_000], Gen.Int[0, 7]).Sample((plain, at, bit) =>
        {
            using var keys = Keys.Of(7, 8);
            var octets = RecordSealer.Seal(keys, plain, [1]);
            octets[at % octets.Length] ^= (byte)(1 << bit);
            AssertRefused(() => RecordSealer.Open(keys, octets, [1]));
        });

    [Fact]
    public void Any_truncation_is_noticed() =>
        Gen.Select(Gen.Byte.Array[0, 200], Gen.Int[0, 100_000]).Sample((plain, end) =>
        {
            using var keys = Keys.Of(7);
            var octets = RecordSealer.Seal(keys, plain, [1]);
            AssertRefused(() => RecordSealer.Open(keys, octets.AsSpan(0, end % octets.Length), [1]));
        });

    [Fact]
    public void Another_key_or_another_place_does_not_open_it()
    {
        using var keys = Keys.Of(7);
        using var others = Keys.Of(8);
        var octets = RecordSealer.Seal(keys, "mail"u8, [1]);

        Assert.Throws<PayloadDamagedException>(() => RecordSealer.Open(others, octets, [1]));
        Assert.Throws<PayloadDamagedException>(() => RecordSealer.Open(keys, octets, [2]));
    }

    [Fact]
    public void A_version_that_is_not_known_is_a_key_that_is_not_there()
    {
        using var older = Keys.Of(7);
        using var newer = Keys.Of(7, 8);

        Assert.Throws<TenantKeyUnavailableException>(() => RecordSealer.Open(older, RecordSealer.Seal(newer, "mail"u8, [1]), [1]));
        Assert.Equal("mail"u8.ToArray(), RecordSealer.Open(newer, RecordSealer.Seal(older, "mail"u8, [1]), [1]));
    }

    [Fact]
    public void Keys_that_were_destroyed_do_nothing_more()
    {
        using var keys = Keys.Of(7);
        var octets = RecordSealer.Seal(keys, "mail"u8, [1]);

        keys.Destroy();

        Assert.Throws<TenantKeyUnavailableException>(() => RecordSealer.Open(keys, octets, [1]));
    }

    [Fact]
    public void A_record_sealed_by_format_1_opens_for_ever()
    {
        using var keys = Keys.Of(7, 8);
        var path = Golden.PathOf(Pinned);
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
            File.WriteAllText(path, Convert.ToHexStringLower(RecordSealer.Seal(keys, "Subject: kept"u8, "place"u8)) + "\n");

        Assert.Equal("Subject: kept"u8.ToArray(), RecordSealer.Open(keys, Convert.FromHexString(File.ReadAllText(path).Trim()), "place"u8));
    }

    private static void AssertRefused(Action open) =>
        Assert.True(Record.Exception(open) is PayloadDamagedException or TenantKeyUnavailableException);
}
