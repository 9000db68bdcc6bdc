using System.Security.Cryptography;
using System.Text;
using OrleansMail.Contracts;
using OrleansMail.Contracts.Messages;
using OrleansMail.Contracts.Storage;
using OrleansMail.Storage.Domains;
using OrleansMail.Storage.Objects;
using OrleansMail.Storage.Tests.Partitions;
using OrleansMail.Storage.Verification;
using OrleansMail.Testing.Stores;

namespace OrleansMail.Storage.Tests.Verification;

/// <summary>A store with three domains, each with several packs and mailboxes, deletions, a large payload, and a log with mail that is in no pack.</summary>
internal sealed class VerifiedStore
{
    public static readonly DomainKey[] Domains = [.. Enumerable.Range(1, 3).Select(n => new DomainKey(PartitionBench.NewIncarnation(), PartitionBench.NewIncarnation(), n))];
    public static readonly Incarnation[] Mailboxes = [.. Enumerable.Range(0, 3).Select(_ => PartitionBench.NewIncarnation())];

    private VerifiedStore(MemoryObjectStore store) => Store = store;

    public MemoryObjectStore Store { get; }

    /// <summary>Makes one, as a process that was killed leaves it.</summary>
    public static async Task<VerifiedStore> CreateAsync(int flushes = 3)
    {
        var store = new VerifiedStore(new MemoryObjectStore());
        var bench = new PartitionBench { Options = new() { DedicatedThread = false, Grace = TimeSpan.FromDays(1), MaxPackBytes = flushes > 3 ? 1_000_000 : 8000, FewDomains = 0 } };
        await StoreManifest.OpenAsync(store.Store, 1, CancellationToken.None);
        var partition = await bench.OpenAsync(store.Store);
        for (var round = 0; round < flushes; round++)
        {
            foreach (var domain in Domains)
                await FillAsync(store.Store, partition, domain, round);
            await partition.FlushAsync(CancellationToken.None);
        }

        foreach (var domain in Domains)
            await FillAsync(store.Store, partition, domain, flushes);
        return store.Copy();
    }

    /// <summary>Checks it.</summary>
    public async Task<VerificationReport> VerifyAsync() => await new StoreVerifier(Store, TimeProvider.System).VerifyAsync(CancellationToken.None);

    /// <summary>A copy that may be damaged.</summary>
    public VerifiedStore Copy()
    {
        var copy = new MemoryObjectStore();
        foreach (var path in Store.Paths)
            copy.Overwrite(path, Store.Read(path));
        return new VerifiedStore(copy);
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
        await using var partition = await new PartitionBench { Options = new() { DedicatedThread = false, KeepLogs = true } }.OpenAsync(Store);
        foreach (var domain in Domains)
        {
            foreach (var mailbox in Mailboxes)
            {
                foreach (var message in await PartitionBench.ListAllAsync(partition, mailbox, domain))
                    all.Add($"{domain.Number} {mailbox} {message.Sequence} {Convert.ToHexString(SHA256.HashData(await PartitionBench.ReadRawAsync(Store, message)))}");
            }
        }

        return all;
    }

    private static async Task FillAsync(IObjectStore store, IPartition partition, DomainKey domain, int round)
    {
        for (var i = 0; i < 6; i++)
        {
            var text = $"message {domain.Number}.{round}.{i} {new string((char)('a' + i), 200 * i)}";
            await partition.RecordAsync(domain, PartitionBench.Message(text, Mailboxes[i % 3], Mailboxes[(i + 1) % 3]), CancellationToken.None);
        }

        await RecordLargeAsync(store, partition, domain, $"large {domain.Number}.{round}");
        var first = (await PartitionBench.ListAllAsync(partition, Mailboxes[round % 3], domain))[0];
        await partition.DeleteAsync(domain, first.Id, CancellationToken.None);
    }

    private static async Task RecordLargeAsync(IObjectStore store, IPartition partition, DomainKey domain, string text)
    {
        var raw = Encoding.ASCII.GetBytes(text);
        var submission = PartitionBench.Message(text, Mailboxes[0]);
        await using var writer = await new PayloadStore(store).CreateAsync(new PayloadObject(default, domain.Tenant, domain.Domain, submission.Id), CancellationToken.None);
        await writer.WriteAsync(raw, CancellationToken.None);
        await writer.CommitAsync(CancellationToken.None);
        var path = DomainPaths.Object(domain, submission.Id);
        var payload = new Payload(raw.Length, 0, SHA256.HashData(raw), SHA256.HashData(raw), SHA256.HashData(raw), default, path);
        await partition.RecordAsync(domain, submission with { Payload = payload }, CancellationToken.None);
    }
}
