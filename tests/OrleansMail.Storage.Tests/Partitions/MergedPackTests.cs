using System.Security.Cryptography;
using OrleansMail.Contracts;
using OrleansMail.Contracts.Messages;
using static OrleansMail.Storage.Tests.Partitions.PartitionBench;

namespace OrleansMail.Storage.Tests.Partitions;

/// <summary>Packs that become one.</summary>
public sealed class MergedPackTests
{
    private const int Packs = 8;
    private const int Messages = 60;

    // A record lies with its first mailbox, which need not be the first of the pack.
    [Theory, InlineData(false), InlineData(true)]
    public async Task Merging_packs_reads_neighbouring_payloads_together_and_changes_none(bool isFirstLast)
    {
        Incarnation[] mailboxes = [.. ((Incarnation[])[NewIncarnation(), NewIncarnation()]).OrderBy(m => m.Value)];
        if (isFirstLast)
            Array.Reverse(mailboxes);
        var bench = new PartitionBench();
        await using var partition = await bench.OpenAsync();
        var sent = new Dictionary<Ulid, byte[]>();
        var reads = 0;
        for (var pack = 0; pack < Packs; pack++)
        {
            for (var i = 0; i < Messages; i++)
            {
                var message = Message(Convert.ToHexString(RandomNumberGenerator.GetBytes(16 + (i * 300))), i % 3 == 0 ? mailboxes : [mailboxes[i % 3 - 1]]);
                sent.Add(message.Id, message.Payload.Inline.ToArray());
                await partition.RecordAsync(Domain, message, CancellationToken.None);
            }

            reads = bench.Store.Faults.Count("read");
            await partition.FlushAsync(CancellationToken.None);
        }

        reads = bench.Store.Faults.Count("read") - reads;
        Assert.InRange(reads, 1, Packs * 12); // of each pack: its end, tables, metadata and a few ranges of payloads
        var seen = new HashSet<Ulid>();
        foreach (var message in (List<StoredMessage>)[.. await ListAllAsync(partition, mailboxes[0]), .. await ListAllAsync(partition, mailboxes[1])])
        {
            Assert.Equal(sent[message.Id.Record], await ReadRawAsync(bench.Store, message));
            seen.Add(message.Id.Record);
        }

        Assert.Equal(sent.Count, seen.Count);
        Assert.Single((await ListAllAsync(partition, mailboxes[0])).Select(static m => m.Location.Path).Distinct());
    }
}
