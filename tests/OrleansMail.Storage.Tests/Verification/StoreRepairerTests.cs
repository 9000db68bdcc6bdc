using CsCheck;
using OrleansMail.Storage.Domains;
using OrleansMail.Storage.Packs;
using OrleansMail.Storage.Partitions;
using OrleansMail.Storage.Verification;
using OrleansMail.Testing.Processes;

namespace OrleansMail.Storage.Tests.Verification;

public sealed class StoreRepairerTests
{
    [Fact]
    public async Task A_damaged_head_is_mended_and_nothing_that_was_deleted_comes_back()
    {
        var store = await VerifiedStore.CreateAsync();
        var served = await store.Copy().ServeAsync();
        var path = DomainPaths.Head(VerifiedStore.Domains[0]);
        store.Store.FlipBit(path, 100, 3);

        var repair = await RepairAsync(store);

        Assert.Empty(repair.After.Mismatches);
        Assert.Contains(store.Store.Paths, p => p.StartsWith(DomainPaths.Domain(VerifiedStore.Domains[0]) + "damaged/", StringComparison.Ordinal) && p.EndsWith("/head", StringComparison.Ordinal));
        Assert.Equal(served, await store.ServeAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_head_that_is_lost_is_made_anew_with_all_messages(bool isOverwritten)
    {
        var store = await VerifiedStore.CreateAsync();
        var served = await store.Copy().ServeAsync();
        var path = DomainPaths.Head(VerifiedStore.Domains[0]);
        if (isOverwritten)
            store.Store.Overwrite(path, [.. Enumerable.Repeat((byte)7, 300)]);
        else
            await store.Store.DeleteAsync(path, null, CancellationToken.None);

        var repair = await RepairAsync(store);

        Assert.Empty(repair.After.Mismatches);
        var again = await store.ServeAsync();
        Assert.Empty(served.Except(again));
        Assert.Equal(again.Count, again.Distinct().Count());
        Assert.Contains(repair.Steps, s => s.Detail.Contains("deleted", StringComparison.Ordinal));
    }

    /// <summary>Packs that were merged are still there, for readers that are at them.</summary>
    [Fact]
    public async Task A_head_that_is_made_anew_has_no_message_twice_that_is_in_merged_packs_too()
    {
        var store = await VerifiedStore.CreateAsync(flushes: 10);
        var served = await store.Copy().ServeAsync();
        Assert.Contains((await store.VerifyAsync()).Orphans, static o => o.Kind == "pack" && o.Files >= 3);
        foreach (var domain in VerifiedStore.Domains)
            await store.Store.DeleteAsync(DomainPaths.Head(domain), null, CancellationToken.None);

        var repair = await RepairAsync(store);

        Assert.Empty(repair.After.Mismatches);
        var again = await store.ServeAsync();
        Assert.Empty(served.Except(again));
        Assert.Equal(again.Count, again.Distinct().Count());
    }

    [Fact]
    public async Task A_damaged_page_is_made_anew()
    {
        var store = await VerifiedStore.CreateAsync();
        var served = await store.Copy().ServeAsync();
        var head = await WithPagesAsync(store);
        var path = DomainPaths.Page(head.Domain, head.Pages[0].Name);
        Assert.Empty((await store.VerifyAsync()).Mismatches);
        store.Store.Overwrite(path, new byte[40]);
        Assert.Contains((await store.VerifyAsync()).Mismatches, m => m.Kind == "page");

        var repair = await RepairAsync(store);

        Assert.Empty(repair.After.Mismatches);
        Assert.Equal(served, await store.ServeAsync());
    }

    /// <summary>A bit of each part of a pack; a payload's bit costs that payload and nothing else.</summary>
    [Fact]
    public async Task A_flipped_bit_in_a_pack_costs_at_most_the_message_it_is_in()
    {
        var sound = await VerifiedStore.CreateAsync();
        var served = await sound.Copy().ServeAsync();
        var path = sound.Pack(await sound.HeadAsync());
        var length = sound.Store.Read(path).Length;
        for (var position = 8; position < length; position += length / 40)
        {
            var store = sound.Copy();
            store.Store.FlipBit(path, position, position % 8);

            var repair = await RepairAsync(store);

            Assert.Empty(repair.After.Mismatches);
            var again = await store.ServeAsync();
            Assert.InRange(served.Except(again).Count(), 0, 2); // in two mailboxes
            Assert.Empty(again.Except(served));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_checkpoint_that_is_lost_is_made_anew_from_the_logs(bool isOverwritten)
    {
        var store = await VerifiedStore.CreateAsync();
        var served = await store.Copy().ServeAsync();
        var path = Checkpoint.PathOf(PartitionFolder.Of(0));
        if (isOverwritten)
            store.Store.Overwrite(path, "{}"u8.ToArray());
        else
            await store.Store.DeleteAsync(path, null, CancellationToken.None);

        var repair = await RepairAsync(store);

        Assert.Empty(repair.After.Mismatches);
        Assert.Equal(served, await store.ServeAsync());
    }

    /// <summary>A number that is too high by a few: the first records of the first log are then not behind what was before.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public async Task A_checkpoint_that_would_pass_over_records_is_made_anew(int more)
    {
        var store = await VerifiedStore.CreateAsync();
        var served = await store.Copy().ServeAsync();
        var path = Checkpoint.PathOf(PartitionFolder.Of(0));
        var checkpoint = Checkpoint.Parse(store.Store.Read(path), path);
        store.Store.Overwrite(path, (checkpoint with { LastRecord = checkpoint.LastRecord + more }).Encode());
        Assert.Contains((await store.VerifyAsync()).Mismatches, static m => m.Kind == "checkpoint");

        var repair = await RepairAsync(store);

        Assert.Empty(repair.After.Mismatches);
        Assert.Equal(served, await store.ServeAsync());
    }

    /// <summary>Any bit of a head, page, pack or checkpoint.</summary>
    [Fact]
    public async Task After_a_repair_all_other_messages_are_served_and_none_twice()
    {
        var sound = await VerifiedStore.CreateAsync();
        var served = await sound.Copy().ServeAsync();
        var files = sound.Store.Paths.Where(p => p.EndsWith("ckpt", StringComparison.Ordinal) || p.EndsWith("head", StringComparison.Ordinal) || p.EndsWith(".blk", StringComparison.Ordinal)).ToList();

        await Gen.Select(Gen.Int[0, files.Count - 1], Gen.Int[0, int.MaxValue], Gen.Int[0, 7]).SampleAsync(
            async (file, position, bit) =>
            {
                var store = sound.Copy();
                store.Store.FlipBit(files[file], position % store.Store.Read(files[file]).Length, bit);
                var repair = await RepairAsync(store);
                var again = await store.ServeAsync();
                return repair.After.IsSound && served.Except(again).Count() <= 2 && again.Count == again.Distinct().Count() && !again.Except(served).Any();
            },
            iter: Repository.LongTests ? 3000 : 100,
            threads: 1);
    }

    [Fact]
    public async Task A_sound_store_is_left_as_it_is()
    {
        var store = await VerifiedStore.CreateAsync();
        var before = store.Store.Paths;

        var repair = await RepairAsync(store);

        Assert.Empty(repair.Steps);
        Assert.Equal(before, store.Store.Paths);
    }

    private static Task<RepairReport> RepairAsync(VerifiedStore store) => new StoreRepairer(store.Store, TimeProvider.System).RepairAsync(CancellationToken.None);

    private static async Task<DomainHead> WithPagesAsync(VerifiedStore store)
    {
        using var cache = new PackBlockCache(0);
        var head = await store.HeadAsync();
        var rows = head.Rows.ToDictionary(r => r.Mailbox, MailboxRow? (r) => r);
        head = await new MailboxPages(store.Store, cache, maxRuns: 1).ReplaceAsync(head with { Rows = [] }, rows, CancellationToken.None);
        store.Write(head);
        return head;
    }
}
