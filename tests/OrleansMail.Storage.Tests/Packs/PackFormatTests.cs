using OrleansMail.Contracts;
using OrleansMail.Contracts.Messages;
using OrleansMail.Contracts.Storage;
using OrleansMail.Storage.Domains;
using OrleansMail.Storage.Logs;
using OrleansMail.Storage.Packs;
using OrleansMail.Storage.Partitions;
using OrleansMail.Testing;
using OrleansMail.Testing.Stores;

namespace OrleansMail.Storage.Tests.Packs;

/// <summary>The octets of packs and heads that this version writes: they must open for ever.</summary>
public sealed class PackFormatTests
{
    private const string Path = "t/a/b/pack/1.blk";
    private const ulong Nonce = 0x0123456789ABCDEF;
    private static readonly Incarnation[] Mailboxes = [Fixed(11), Fixed(12)];
    private static readonly DomainKey Domain = new(Fixed(1), Fixed(2), 3);

    [Fact]
    public async Task The_octets_of_a_pack_are_what_format_1_fixed()
    {
        var store = new MemoryObjectStore();
        using var writer = new PackWriter(store, compress: false);

        await writer.WriteAsync(Path, Domain, (5, 7), [Record(21, 1, 1, Mailboxes), Record(22, 2, 2, Mailboxes[0])], Nonce, CancellationToken.None);

        GoldenFile.Check("Data/pack-1.hex", Convert.ToHexString(store.Read(Path)));
    }

    [Fact]
    public async Task A_pack_of_format_1_opens_for_ever()
    {
        var store = new MemoryObjectStore();
        var octets = Convert.FromHexString(await File.ReadAllTextAsync(DataPath("pack-1.hex")));
        store.Overwrite(Path, octets);
        using var cache = new PackBlockCache(1024 * 1024);

        var pack = await PackReader.OpenAsync(store, Path, octets.Length, cache, CancellationToken.None);

        Assert.Equal((Domain, 3u, 5L, 7L), (pack.Trailer.DomainKey, pack.Trailer.Entries, pack.Trailer.FirstRecord, pack.Trailer.LastRecord));
        Assert.Equal([(Mailboxes[0], 0u, 2u), (Mailboxes[1], 2u, 1u)], (await pack.ReadDirectoryAsync(CancellationToken.None)).Select(m => (m.Mailbox, m.First, m.Count)));
        var entries = await pack.ReadEntriesAsync(0, 3, CancellationToken.None);
        Assert.Equal([1L, 2L, 1L], entries.Select(e => e.Sequence));
        Assert.Equal([0u, 2u], (await pack.FindIdAsync(Fixed(21).Value, CancellationToken.None)).Select(e => e.Index));
        var payload = new byte[entries[1].StoredLength];
        await pack.ReadPayloadsAsync(entries[1].PayloadOffset, payload, CancellationToken.None);
        Assert.Equal("message 22"u8.ToArray(), payload);
        Assert.All(await pack.ReadMetadataAsync(entries, CancellationToken.None), m => Assert.NotNull(m));
    }

    [Fact]
    public void The_octets_of_a_head_are_what_format_1_fixed() =>
        GoldenFile.Check("Data/head-1.hex", Convert.ToHexString(HeadCodec.Encode(Head())));

    [Fact]
    public async Task A_head_of_format_1_opens_for_ever()
    {
        var head = HeadCodec.Decode(Convert.FromHexString(await File.ReadAllTextAsync(DataPath("head-1.hex"))), "head");

        Assert.Equal((Domain, 1, 9u, 77L, true), (head.Domain, head.Generation, head.Epoch, head.Applied, head.Hold));
        Assert.Equal([(1u, 3u), (4u, 9u)], Assert.Single(head.Packs).Dead.Ranges);
        Assert.Equal(new EntryRun(1, 0, 2, 1), Assert.Single(Assert.Single(head.Rows).Runs));
        Assert.Equal("page", Assert.Single(head.Pages).Name);
    }

    private static DomainHead Head() => new(
        Domain, 1, 9, 77, 2,
        [new PackRef(1, "1.blk", 20, 4711, Fixed(21).Value, Fixed(22).Value, 1000, 2000, 300) { Dead = EntrySet.Of([(1, 3), (4, 9)]), DeadBytes = 70, DeadSince = 1500 }])
    {
        Rows = [new MailboxRow(Mailboxes[0], 2, 2, 20, 2000, [new EntryRun(1, 0, 2, 1)])],
        Pages = [new PageRef("page", Fixed(12).Value, 1)],
        Hold = true,
        Messages = 3,
        Bytes = 30,
    };

    private static PackRecord Record(byte id, long number, long sequence, params Incarnation[] mailboxes)
    {
        var raw = System.Text.Encoding.ASCII.GetBytes($"message {id}");
        var hash = Enumerable.Repeat(id, 32).ToArray();
        var recorded = mailboxes.Select(m => new RecordedMailbox(m, "user", [new EnvelopeRecipient("user@demo.test", "user@demo.test", null)])).ToList();
        var submission = new MessageSubmission(
            Fixed(id).Value, new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero), "sender@client.test", recorded, new SessionFacts("client.test", null, "ESMTP", null), [], MessageFlags.None,
            new Payload(raw.Length, 0, hash, hash, hash, raw, null), []);
        var octets = MessageEncoder.Encode(Domain, submission, recorded, RepeatKey.Of(submission), LogChecksum.Of(raw));
        for (var place = 0; place < recorded.Count; place++)
            MessageEncoder.SetSequence(octets, place, place == 0 ? sequence : 1);
        new LogRecordHeader(LogRecordHeader.LengthOf(octets.Length - LogRecordHeader.Size, raw.Length), 0, number, 1, 1, 0, LogRecordType.MessageInline, 1, octets.Length - LogRecordHeader.Size, raw.Length)
            .Write(octets, 1);
        return new PackRecord(octets, MessageDecoder.Summarize(octets.AsSpan(LogRecordHeader.Size)), [.. Enumerable.Range(0, recorded.Count).Select(p => ((ushort)p, false))]) { Payload = raw };
    }

    private static string DataPath(string name, [System.Runtime.CompilerServices.CallerFilePath] string test = "") => System.IO.Path.Combine(System.IO.Path.GetDirectoryName(test)!, "Data", name);

    private static Incarnation Fixed(byte number)
    {
        Span<byte> octets = stackalloc byte[16];
        octets.Fill(number);
        return new Incarnation(new Ulid(octets));
    }
}
