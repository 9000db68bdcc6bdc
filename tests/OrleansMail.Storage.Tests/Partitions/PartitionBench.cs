using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using OrleansMail.Contracts;
using OrleansMail.Contracts.Messages;
using OrleansMail.Contracts.Storage;
using OrleansMail.Storage.Objects;
using OrleansMail.Storage.Partitions;
using OrleansMail.Testing.Stores;

namespace OrleansMail.Storage.Tests.Partitions;

/// <summary>
/// Opens partitions over a store in memory and makes submissions for them. A partition whose store has crashed is not disposed: it died with it,
/// and would wait for its store in vain.
/// </summary>
internal sealed class PartitionBench
{
    public static readonly PartitionId Id = new(StoreManifest.DefaultStore, 0);
    public static readonly DomainKey Domain = new(NewIncarnation(), NewIncarnation(), 7);

    public MemoryObjectStore Store { get; set; } = new();

    public PartitionOptions Options { get; init; } = new() { DedicatedThread = false };

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public ILoggerFactory Loggers { get; init; } = NullLoggerFactory.Instance;

    /// <summary>The partition that is opened.</summary>
    public PartitionId Partition { get; set; } = Id;

    public static Incarnation NewIncarnation() => new(Ulid.NewUlid());

    public Task<IPartition> OpenAsync(IObjectStore? store = null) =>
        new PartitionFactory(store ?? Store, Options, Time, Loggers).OpenAsync(Partition, CancellationToken.None);

    public static MessageSubmission Message(string text, params Incarnation[] mailboxes) =>
        Message(text, [.. mailboxes.Select((m, i) => Mailbox(m, $"user{i}@demo.test"))]);

    public static MessageSubmission Message(string text, IReadOnlyList<RecordedMailbox> mailboxes)
    {
        var raw = Encoding.UTF8.GetBytes("Received: from test\r\n" + text);
        var content = raw.AsMemory(21);
        var payload = new Payload(raw.Length, 21, SHA256.HashData(raw), SHA256.HashData(content.Span), SHA256.HashData(content.Span), raw, null);
        HeaderField[] headers = [new(HeaderName.Subject, Encoding.UTF8.GetBytes(" " + text)), new(HeaderName.MessageId, "<1@test>"u8.ToArray())];
        var session = new SessionFacts("client.test", "192.0.2.1", "ESMTPS", new TlsFacts("TLSv1.3", "TLS_AES_128_GCM_SHA256", null));
        return new MessageSubmission(
            Ulid.NewUlid(), new DateTimeOffset(DateTimeOffset.UtcNow.Ticks / 10 * 10, TimeSpan.Zero), "sender@client.test", mailboxes, session, headers, MessageFlags.None, payload, []);
    }

    public static RecordedMailbox Mailbox(Incarnation mailbox, params string[] recipients) =>
        new(mailbox, "user", [.. recipients.Select(r => new EnvelopeRecipient(r, r, null))]);

    public static async Task<List<StoredMessage>> ListAllAsync(IPartition partition, Incarnation mailbox, DomainKey? domain = null)
    {
        var all = new List<StoredMessage>();
        while (true)
        {
            var page = await partition.ListAsync(domain ?? Domain, mailbox, all.Count == 0 ? 0 : all[^1].Sequence, 100, CancellationToken.None);
            all.AddRange(page.Items);
            if (!page.More)
                return all;
        }
    }

    /// <summary>Raw, as it is in the store.</summary>
    public static async Task<byte[]> ReadRawAsync(IObjectStore store, StoredMessage message)
    {
        await using var stream = await new PayloadStore(store).OpenReadAsync(message.Location, 0, message.Location.Length, CancellationToken.None);
        var raw = new byte[message.Location.Length];
        await stream.ReadExactlyAsync(raw);
        return raw;
    }
}
