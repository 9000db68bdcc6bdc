using OrleansMail.Contracts.Storage;
using static OrleansMail.Storage.Tests.Partitions.PartitionBench;

namespace OrleansMail.Storage.Tests.Partitions;

/// <summary>Pages of mail in packs, from any place.</summary>
public sealed class PagingTests
{
    private const int Messages = 200;

    [Fact]
    public async Task Any_page_is_whole_also_where_messages_were_deleted_and_the_pack_was_written_anew()
    {
        var mailbox = NewIncarnation();
        await using var partition = await new PartitionBench().OpenAsync();
        for (var i = 1; i <= Messages; i++)
            await partition.RecordAsync(Domain, Message($"message {i}", mailbox), CancellationToken.None);
        await partition.FlushAsync(CancellationToken.None);
        var all = await ListAllAsync(partition, mailbox);
        var before = all[0].Location.Path;
        await CheckAsync();

        foreach (var message in all.Where(static m => m.Sequence % 7 is not (1 or 2) && m.Sequence is not (4 or Messages)))
            await partition.DeleteAsync(Domain, message.Id, CancellationToken.None);
        all.RemoveAll(static m => m.Sequence % 7 is not (1 or 2) && m.Sequence is not (4 or Messages));
        await CheckAsync(); // hidden by the log
        await partition.FlushAsync(CancellationToken.None);
        await CheckAsync(); // hidden by the head
        await partition.MaintainAsync(Domain, RetentionPolicy.Keep, CancellationToken.None);
        await CheckAsync();
        Assert.NotEqual(before, (await ListAllAsync(partition, mailbox))[0].Location.Path);

        async Task CheckAsync()
        {
            for (var after = 0; after <= Messages; after++)
            {
                var seen = new List<long>();
                var page = await partition.ListAsync(Domain, mailbox, after, 5, CancellationToken.None);
                for (seen.AddRange(page.Items.Select(static m => m.Sequence)); page.More && seen.Count < 5; seen.AddRange(page.Items.Select(static m => m.Sequence)))
                    page = await partition.ListAsync(Domain, mailbox, page.Items[^1].Sequence, 5 - seen.Count, CancellationToken.None);
                Assert.Equal(all.Select(static m => m.Sequence).Where(s => s > after).Take(5), seen);
            }
        }
    }
}
