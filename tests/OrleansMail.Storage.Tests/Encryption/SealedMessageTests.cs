using CsCheck;
using OrleansMail.Contracts.Messages;
using OrleansMail.Contracts.Storage;
using OrleansMail.Storage.Encryption;
using OrleansMail.Storage.Logs;
using OrleansMail.Storage.Partitions;

namespace OrleansMail.Storage.Tests.Encryption;

public sealed class SealedMessageTests
{
    private static readonly DomainKey Domain = new(Keys.Tenant, Keys.Fixed(2), 3);

    [Fact]
    public void The_real_metadata_opens_with_the_sequence_that_was_assigned_later()
    {
        using var keys = Keys.Of(7, 8);
        var metadata = Encode(keys);

        var read = MessageDecoder.Decode(SealedMessage.Open(metadata, keys), 1, "default", "log", 7, out var domain)!;

        Assert.Equal((Domain, 42L, "sender@private.test", "second", 9L), (domain, read.Sequence, read.ReversePath, read.Mailbox.LocalPart, read.Size));
        Assert.Equal(Message().Session, read.Session);
        Assert.Equal(2u, SealedMessage.VersionOf(metadata));
    }

    [Fact]
    public void Recovery_reads_the_shadow_without_a_key_and_nothing_private_is_in_it()
    {
        using var keys = Keys.Of(7);
        var metadata = Encode(keys);

        var summary = MessageDecoder.Summarize(metadata);

        Assert.Equal((Message().Id, Domain, 9L), (summary.Id, summary.Domain, summary.Size));
        Assert.Equal([0L, 42L], summary.Mailboxes.Select(m => m.Sequence));
        Assert.Equal(SealedRepeatKeys.Of(keys, RepeatKey.Of(Message())), summary.Mailboxes.SelectMany(m => m.RepeatKeys));
        foreach (var text in new[] { "private", "second", "helo", "ESMTPS", "TLSv1.3", "192.0.2.1" })
            Assert.Equal(-1, metadata.AsSpan().IndexOf(System.Text.Encoding.ASCII.GetBytes(text)));
    }

    [Fact]
    public void Any_changed_bit_but_of_sequences_and_checksum_is_noticed() =>
        Gen.Select(Gen.Int[0, 100_000], Gen.Int[0, 7]).Sample((at, bit) =>
        {
            using var keys = Keys.Of(7);
            var metadata = Encode(keys);
            at %= metadata.Length - LogRecordHeader.PayloadChecksumSize;
            if (at is >= 176 and < 192)
                return;
            metadata[at] ^= (byte)(1 << bit);
            Assert.True(Record.Exception(() => SealedMessage.Open(metadata, keys)) is PayloadDamagedException or TenantKeyUnavailableException);
        });

    [Fact]
    public void A_repeat_key_is_the_same_after_a_rotation_and_another_for_another_tenant()
    {
        using var before = Keys.Of(7);
        using var after = Keys.Of(7, 8);
        using var other = Keys.Of(9);
        UInt128[] plain = [1, 2];

        Assert.Equal(SealedRepeatKeys.Of(before, plain), SealedRepeatKeys.Of(after, plain));
        Assert.Empty(SealedRepeatKeys.Of(before, plain).Intersect([.. SealedRepeatKeys.Of(other, plain), .. plain]));
    }

    [Fact]
    public void A_message_sealed_by_format_1_opens_for_ever()
    {
        using var keys = Keys.Of(7, 8);
        var path = Golden.PathOf("Data/message-1.hex");
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
            File.WriteAllText(path, Convert.ToHexStringLower(Encode(keys)) + "\n");

        var real = SealedMessage.Open(Convert.FromHexString(File.ReadAllText(path).Trim()), keys);

        Assert.Equal("sender@private.test", MessageDecoder.Decode(real, 1, "default", "log", 7, out _)!.ReversePath);
    }

    private static byte[] Encode(TenantDataKeys keys)
    {
        var message = Message();
        var record = SealedMessage.Encode(Domain, message, message.Mailboxes, SealedRepeatKeys.Of(keys, RepeatKey.Of(message)), 5, keys);
        MessageEncoder.SetSequence(record, 1, 42);
        return record[LogRecordHeader.Size..];
    }

    private static MessageSubmission Message() => new(
        Keys.Fixed(21).Value,
        new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
        "sender@private.test",
        [
            new(Keys.Fixed(11), "first", [new("first@private.test", "First+tag@private.test", "tag"), new("first@private.test", "alias@private.test", null)]),
            new(Keys.Fixed(12), "second", [new("second@private.test", "second@private.test", null)]),
        ],
        new SessionFacts("helo", "192.0.2.1", "ESMTPS", new TlsFacts("TLSv1.3", "TLS_AES_128_GCM_SHA256", "mx.private.test")),
        [new(HeaderName.Subject, " private"u8.ToArray())],
        MessageFlags.BareNewlines,
        new Payload(9, 0, Hash(1), Hash(2), Hash(3), "private\r\n"u8.ToArray(), null),
        []);

    private static byte[] Hash(byte value) => [.. Enumerable.Repeat(value, MessageEncoder.HashSize)];
}
