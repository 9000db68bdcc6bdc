using System.Buffers;
using System.Runtime.CompilerServices;
using CsCheck;
using OrleansMail.Contracts;
using OrleansMail.Contracts.Messages;
using OrleansMail.Contracts.Storage;
using OrleansMail.Storage.Logs;
using OrleansMail.Storage.Partitions;
using OrleansMail.Storage.Tests.Partitions;

namespace OrleansMail.Storage.Tests.Logs;

public sealed class FormatTests
{
    private static readonly LogName Name = new(1, 1, 0x0123456789ABCDEF);
    private static readonly Incarnation[] Mailboxes = [Fixed(11), Fixed(12)];
    private static readonly DomainKey Domain = new(Fixed(1), Fixed(2), 3);

    [Fact]
    public void The_octets_of_a_log_are_what_format_1_fixed()
    {
        var path = DataPath();
        var log = WriteLog();
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
            File.WriteAllBytes(path, log);

        Assert.Equal(File.ReadAllBytes(path), log);
    }

    [Fact]
    public async Task A_log_of_format_1_opens_for_ever()
    {
        var bench = new PartitionBench();
        bench.Store.Overwrite(PartitionFolder.Of(0) + Name, File.ReadAllBytes(DataPath()));
        await bench.Store.WriteValueAsync(
            "wal/p000/ckpt", System.Text.Encoding.UTF8.GetBytes($$"""{"format":1,"first":"{{Name}}","epoch":1,"detours":[]}"""), null, CancellationToken.None);

        await using var partition = await bench.OpenAsync();

        var first = await PartitionBench.ListAllAsync(partition, Mailboxes[0], Domain);
        var second = await PartitionBench.ListAllAsync(partition, Mailboxes[1], Domain);
        Assert.Equal([1, 2], first.Select(m => m.Sequence));
        Assert.Equal([1], second.Select(m => m.Sequence));
        Assert.Equal("Return-Path: <>\r\nhello"u8.ToArray(), await PartitionBench.ReadRawAsync(bench.Store, first[0]));
        Assert.Equal("t/x/d/y/obj/z", first[1].Location.Path);
        Assert.Equal("räksmörgås@demo.test", second[0].Mailbox.Recipients[0].Received);
        Assert.Equal("TLSv1.3", second[0].Session.Tls!.Version);
    }

    [Fact]
    public void Any_change_of_an_octet_is_detected() =>
        Gen.Select(Gen.Int[0, 100_000], Gen.Byte[1, 255]).Sample((at, change) =>
        {
            var record = WriteMessage(Inline());
            record[at % record.Length] ^= change;
            Assert.False(LogRecordHeader.TryRead(record, out var header) && header.Length == record.Length && header.IsSound(record, Name.Nonce));
        });

    [Fact]
    public void Any_truncation_is_detected() =>
        Gen.Int[0, 100_000].Sample(length =>
        {
            var record = WriteMessage(Inline());
            var left = record.AsSpan(0, length % record.Length);
            Assert.False(LogRecordHeader.TryRead(left, out var header) && header.IsSound(left, Name.Nonce));
        });

    [Fact]
    public void A_record_of_another_log_is_not_taken_for_one_of_this()
    {
        var record = WriteMessage(Inline());
        Assert.True(LogRecordHeader.TryRead(record, out var header));
        Assert.True(header.IsSound(record, Name.Nonce));
        Assert.False(header.IsSound(record, Name.Nonce + 1));
    }

    [Fact]
    public void A_message_is_read_as_it_was_written() =>
        GenMessage.Sample(submission =>
        {
            var keys = RepeatKey.Of(submission);
            var record = MessageEncoder.Encode(Domain, submission, submission.Mailboxes, keys, 0);
            var place = submission.Mailboxes.Count - 1;
            MessageEncoder.SetSequence(record, place, 42);
            var read = MessageDecoder.Decode(record.AsSpan(LogRecordHeader.Size), place, "default", "log", 7, out var domain)!;

            Assert.Equal(Domain, domain);
            Assert.Equal((submission.Id, 42L, submission.ReceivedAt, submission.ReversePath), (read.Id.Record, read.Sequence, read.ReceivedAt, read.ReversePath));
            Assert.Equal(submission.Mailboxes[place].LocalPart, read.Mailbox.LocalPart);
            Assert.Equal(submission.Mailboxes[place].Recipients, read.Mailbox.Recipients);
            Assert.Equal(submission.Session, read.Session);
            Assert.Equal(submission.Headers.Select(h => Convert.ToHexString(h.Value.Span)), read.Headers.Select(h => Convert.ToHexString(h.Value.Span)));
            var summary = MessageDecoder.Summarize(record.AsSpan(LogRecordHeader.Size));
            Assert.Equal(keys, summary.Mailboxes.SelectMany(m => m.RepeatKeys));
            Assert.Equal(submission.Mailboxes.Select(m => m.Incarnation), summary.Mailboxes.Select(m => m.Incarnation));
        });

    [Fact]
    public void Metadata_of_random_octets_is_refused_and_nothing_else() =>
        Gen.Byte.Array[0, 600].Sample(octets =>
        {
            try
            {
                MessageDecoder.Summarize(octets);
            }
            catch (InvalidDataException)
            {
                // As it should be.
            }
        });

    [Theory, InlineData("000001-00000001-0123456789abcdef.log", true), InlineData("1-1-1.log", false), InlineData("../x.log", false), InlineData("000001-00000001-0123456789ABCDEF.log", false)]
    public void A_log_s_name_has_one_spelling(string text, bool valid) => Assert.Equal(valid, LogName.TryParse(text, out _));

    private static Gen<MessageSubmission> GenMessage =>
        from text in Gen.String[0, 80].Where(s => !s.Any(char.IsSurrogate)).Array[8]
        from counts in Gen.Int[1, 3].Array[1, 4]
        from header in Gen.Byte.Array[0, 300]
        from tls in Gen.Bool
        select PartitionBench.Message(text[0], [.. counts.Select((count, i) => new RecordedMailbox(
            Fixed((byte)i), text[1], [.. Enumerable.Repeat(new EnvelopeRecipient(text[2], text[3], i % 2 == 0 ? null : text[4]), count)]))]) with
        {
            ReversePath = text[5],
            Session = new SessionFacts(text[6], null, text[7], tls ? new TlsFacts("v", "c", text[6], text[6].Length % 2 == 0 ? null : new ClientCertificateFacts("CN=x", "ab")) : null),
            Headers = [new HeaderField(HeaderName.Subject, header)],
        };

    private static Incarnation Fixed(byte number)
    {
        Span<byte> octets = stackalloc byte[16];
        octets.Fill(number);
        return new Incarnation(new Ulid(octets));
    }

    private static MessageSubmission Inline()
    {
        var raw = "Return-Path: <>\r\nhello"u8.ToArray();
        var session = new SessionFacts("client.test", "192.0.2.1", "ESMTPS", new TlsFacts("TLSv1.3", "TLS_AES_128_GCM_SHA256", "mx.demo.test"));
        RecordedMailbox[] mailboxes =
        [
            new(Mailboxes[0], "user", [new("user@demo.test", "User+tag@demo.test", "tag"), new("user@demo.test", "alias@demo.test", null)]),
            new(Mailboxes[1], "räksmörgås", [new("räksmörgås@demo.test", "räksmörgås@demo.test", null)]),
        ];
        return new MessageSubmission(
            Fixed(21).Value, new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero), "sender@client.test", mailboxes, session,
            [new(HeaderName.Subject, " hello"u8.ToArray()), new(HeaderName.MessageId, " <1@client.test>"u8.ToArray())],
            MessageFlags.BareNewlines, new Payload(raw.Length, 17, Hash(1), Hash(2), Hash(3), raw, null), []);
    }

    private static MessageSubmission Reference() => Inline() with
    {
        Id = Fixed(22).Value,
        ReversePath = "",
        Mailboxes = [new(Mailboxes[0], "user", [new("user@demo.test", "user@demo.test", null)])],
        Session = new SessionFacts("", null, "SMTP", null),
        Headers = [],
        Flags = MessageFlags.None,
        Payload = new Payload(5_000_000_000, 100, Hash(4), Hash(5), Hash(6), default, "t/x/d/y/obj/z"),
    };

    private static byte[] Hash(byte value) => [.. Enumerable.Repeat(value, MessageEncoder.HashSize)];

    private static byte[] WriteMessage(MessageSubmission submission)
    {
        var batch = new Batch();
        Add(batch, submission, 1, 1);
        return batch.Seal(1, 1, 1, Name.Nonce).ToArray();
    }

    private static byte[] WriteLog()
    {
        var writer = new MetadataWriter();
        var (fence, messages, end) = (new Batch(), new Batch(), new Batch());
        fence.Add(new FenceRecord(Fixed(31).Value, -1, null).Encode(writer), LogRecordType.Fence, 0, default);
        Add(messages, Inline(), 1, 1);
        Add(messages, Reference(), 2);
        end.Add(SeenRecord.Encode(writer, [Fixed(21).Value]), LogRecordType.Seen, 0, default);
        end.Add(new SealRecord("000002-00000001-fedcba9876543210.log").Encode(writer), LogRecordType.Seal, 0, default);
        return
        [
            .. fence.Seal(1, 1, 1, Name.Nonce).ToArray(),
            .. messages.Seal(2, 1, 2, Name.Nonce).ToArray(),
            .. end.Seal(4, 1, 3, Name.Nonce).ToArray(),
        ];
    }

    private static void Add(Batch batch, MessageSubmission submission, params long[] sequences)
    {
        var payload = submission.Payload;
        var record = MessageEncoder.Encode(Domain, submission, submission.Mailboxes, RepeatKey.Of(submission), LogChecksum.Of(payload.Inline.Span));
        for (var place = 0; place < sequences.Length; place++)
            MessageEncoder.SetSequence(record, place, sequences[place]);
        var type = payload.ObjectPath is null ? LogRecordType.MessageInline : LogRecordType.MessageReference;
        batch.Add(record, type, MessageEncoder.MailboxHash(submission.Mailboxes[0]), payload.Inline);
    }

    private static string DataPath([CallerFilePath] string source = "") => Path.Combine(Path.GetDirectoryName(source)!, "Data", "format-1.log");
}
