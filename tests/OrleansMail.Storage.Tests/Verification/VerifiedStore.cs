using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using OrleansMail.Contracts;
using OrleansMail.Contracts.Messages;
using OrleansMail.Contracts.Storage;
using OrleansMail.Storage.Domains;
using OrleansMail.Storage.Encryption;
using OrleansMail.Storage.Objects;
using OrleansMail.Storage.Partitions;
using OrleansMail.Storage.Tests.Partitions;
using OrleansMail.Storage.Verification;
using OrleansMail.Testing.Stores;

namespace OrleansMail.Storage.Tests.Verification;

/// <summary>
/// A store with three domains, each with several packs and mailboxes, deletions, a large payload, and a log with mail that is in no pack. The tenant of the
/// first may have a key of its own.
/// </summary>
internal sealed class VerifiedStore
{
    public static readonly DomainKey[] Domains = [.. Enumerable.Range(1, 3).Select(n => new DomainKey(PartitionBench.NewIncarnation(), PartitionBench.NewIncarnation(), n))];
    public static readonly Incarnation[] Mailboxes = [.. Enumerable.Range(0, 3).Select(_ => PartitionBench.NewIncarnation())];

    private VerifiedStore(MemoryObjectStore store, bool isSealed)
    {
        (Store, IsSealed) = (store, isSealed);
        Keyring = new TenantKeyring(store, new PlainKeys(), TimeProvider.System, new TenantKeyringOptions());
    }

    public MemoryObjectStore Store { get; }

    public TenantKeyring Keyring { get; }

    private bool IsSealed { get; }

    /// <summary>Makes one, as a process that was killed leaves it.</summary>
    public static async Task<VerifiedStore> CreateAsync(int flushes = 3, bool isSealed = false)
    {
        var store = new VerifiedStore(new MemoryObjectStore(), isSealed);
        await StoreManifest.OpenAsync(store.Store, 1, CancellationToken.None);
        if (isSealed)
            await store.Keyring.CreateAsync(Domains[0].Tenant, "plain", CancellationToken.None);
        var partition = await store.OpenAsync(new() { DedicatedThread = false, Grace = TimeSpan.FromDays(1), MaxPackBytes = flushes > 3 ? 1_000_000 : 8000, FewDomains = 0 });
        for (var round = 0; round < flushes; round++)
        {
            foreach (var domain in Domains)
                await store.FillAsync(partition, domain, round);
            await partition.FlushAsync(CancellationToken.None);
        }

        foreach (var domain in Domains)
            await store.FillAsync(partition, domain, flushes);
        return store.Copy();
    }

    /// <summary>Checks it.</summary>
    public async Task<VerificationReport> VerifyAsync(bool withKeys = false) =>
        await new StoreVerifier(Store, TimeProvider.System, null, withKeys ? Keyring : null).VerifyAsync(CancellationToken.None);

    /// <summary>A copy that may be damaged.</summary>
    public VerifiedStore Copy()
    {
        var copy = new MemoryObjectStore();
        foreach (var path in Store.Paths)
            copy.Overwrite(path, Store.Read(path));
        return new VerifiedStore(copy, IsSealed);
    }

    public async Task<DomainHead> HeadAsync(int domain = 0)
    {
        var path = DomainPaths.Head(Domains[domain]);
        return HeadCodec.Decode((await Store.ReadValueAsync(path, CancellationToken.None))!.Value.Span, path);
    }

    public void Write(DomainHead head) => Store.Overwrite(DomainPaths.Head(head.Domain), HeadCodec.Encode(head));

    public string Pack(DomainHead head, int index = 0) => head.Packs[index].PathIn(head.Domain);

    /// <summary>Everything that a partition serves, each with its payload.</summary>
    public async Task<List<string>> ServeAsync()
    {
        var all = new List<string>();
        await using var partition = await OpenAsync(new() { DedicatedThread = false, KeepLogs = true });
        foreach (var domain in Domains)
        {
            foreach (var mailbox in Mailboxes)
            {
                foreach (var message in await PartitionBench.ListAllAsync(partition, mailbox, domain))
                    all.Add($"{domain.Number} {mailbox} {message.Sequence} {Convert.ToHexString(SHA256.HashData(await ReadRawAsync(message)))}");
            }
        }

        return all;
    }

    public Task<IPartition> OpenAsync(PartitionOptions options) =>
        new PartitionFactory(Store, options, TimeProvider.System, NullLoggerFactory.Instance, null, Keyring).OpenAsync(PartitionBench.Id, CancellationToken.None);

    private async Task<byte[]> ReadRawAsync(StoredMessage message)
    {
        await using var stream = await new PayloadStore(Store, Keyring).OpenReadAsync(message.Location, 0, message.Size, CancellationToken.None);
        using var raw = new MemoryStream();
        await stream.CopyToAsync(raw);
        Assert.Equal(message.Size, raw.Length);
        return raw.ToArray();
    }

    private MessageSubmission Message(DomainKey domain, string text, params Incarnation[] mailboxes) =>
        PartitionBench.Message(text, mailboxes) with { Sealed = IsSealed && domain == Domains[0] };

    private async Task FillAsync(IPartition partition, DomainKey domain, int round)
    {
        for (var i = 0; i < 6; i++)
        {
            var text = $"message {domain.Number}.{round}.{i} {new string((char)('a' + i), 200 * i)}";
            await partition.RecordAsync(domain, Message(domain, text, Mailboxes[i % 3], Mailboxes[(i + 1) % 3]), CancellationToken.None);
        }

        await RecordLargeAsync(partition, domain, $"large {domain.Number}.{round}");
        var first = (await PartitionBench.ListAllAsync(partition, Mailboxes[round % 3], domain))[0];
        await partition.DeleteAsync(domain, first.Id, CancellationToken.None);
    }

    private async Task RecordLargeAsync(IPartition partition, DomainKey domain, string text)
    {
        var raw = Encoding.ASCII.GetBytes(text);
        var submission = Message(domain, text, Mailboxes[0]);
        var place = new MailPlace(HasOwnStore: false, submission.Sealed);
        await using var writer = await new PayloadStore(Store, Keyring).CreateAsync(new PayloadObject(place, domain.Tenant, domain.Domain, submission.Id), CancellationToken.None);
        await writer.WriteAsync(raw, CancellationToken.None);
        await writer.CommitAsync(CancellationToken.None);
        var path = DomainPaths.Object(domain, submission.Id);
        var payload = new Payload(raw.Length, 0, SHA256.HashData(raw), SHA256.HashData(raw), SHA256.HashData(raw), default, path);
        await partition.RecordAsync(domain, submission with { Payload = payload }, CancellationToken.None);
    }
}
