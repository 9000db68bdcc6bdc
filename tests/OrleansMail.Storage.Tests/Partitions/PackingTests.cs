using OrleansMail.Contracts;
using OrleansMail.Contracts.Messages;
using OrleansMail.Contracts.Storage;
using OrleansMail.Storage.Demultiplexing;
using OrleansMail.Storage.Domains;
using OrleansMail.Storage.Partitions;
using OrleansMail.Testing.Stores;
using static OrleansMail.Storage.Tests.Partitions.PartitionBench;

namespace OrleansMail.Storage.Tests.Partitions;

/// <summary>What becomes of mail once its log is full: packs, heads, and logs that go.</summary>
public sealed class PackingTests
{
    private readonly Incarnation mailbox = NewIncarnation();

    [Fact]
    public async Task Mail_of_a_log_that_is_full_moves_to_its_domains_folder_and_the_log_goes()
    {
        var bench = NewBench();
        await using var partition = await bench.OpenAsync();
        await RecordAsync(partition, 20, mailbox);

        await partition.FlushAsync(CancellationToken.None);
        await partition.FlushAsync(CancellationToken.None); // deletes what the first one passed

        var all = await ListAllAsync(partition, mailbox);
        Assert.All(all, m => Assert.StartsWith($"t/{Domain.Tenant}/{Domain.Domain}/pack/", m.Location.Path, StringComparison.Ordinal));
        Assert.Equal(Enumerable.Range(1, 20).Select(i => (long)i), all.Select(m => m.Sequence));
        Assert.Single(bench.Store.Paths, p => p.EndsWith(".log", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_page_in_packs_costs_no_more_reads_at_the_end_than_at_the_beginning()
    {
        var bench = NewBench();
        await using (var partition = await bench.OpenAsync())
        {
            for (var pack = 0; pack < 12; pack++)
            {
                await RecordAsync(partition, 300, mailbox);
                await partition.FlushAsync(CancellationToken.None);
            }
        }

        var reads = new List<int>();
        foreach (var after in (long[])[0, 1777, 3499])
        {
            await using var cold = await bench.OpenAsync();
            await cold.GetUsageAsync(Domain, mailbox, CancellationToken.None); // the head
            var before = bench.Store.Faults.Count("read");
            var page = await cold.ListAsync(Domain, mailbox, after, 100, CancellationToken.None);
            Assert.Equal(Enumerable.Range((int)after + 1, 100).Select(i => (long)i), page.Items.Select(m => m.Sequence));
            Assert.True(page.More || after == 3499);
            reads.Add(bench.Store.Faults.Count("read") - before);
        }

        Assert.True(reads.Max() <= 8, string.Join(", ", reads)); // two packs at most: end, two blocks of entries, metadata
    }

    [Fact]
    public async Task A_domain_never_has_many_small_packs()
    {
        var bench = NewBench();
        await using var partition = await bench.OpenAsync();
        for (var i = 0; i < 100; i++)
        {
            await RecordAsync(partition, 1, mailbox);
            await partition.FlushAsync(CancellationToken.None);
        }

        var head = await HeadAsync(bench);
        Assert.True(head.Packs.Count < 2 * PackMerge.Fan, $"{head.Packs.Count} packs");
        Assert.Equal(100, (await ListAllAsync(partition, mailbox)).Count);
    }

    [Fact]
    public async Task A_deleted_message_is_hidden_at_once_and_after_a_crash_and_its_octets_go()
    {
        var bench = NewBench();
        var partition = await bench.OpenAsync();
        var ids = await RecordAsync(partition, 5, mailbox);
        await partition.FlushAsync(CancellationToken.None);

        foreach (var id in ids.Take(3))
            Assert.True(await partition.DeleteAsync(Domain, id, CancellationToken.None));
        Assert.False(await partition.DeleteAsync(Domain, ids[0], CancellationToken.None));
        Assert.Equal([4L, 5L], (await ListAllAsync(partition, mailbox)).Select(m => m.Sequence));

        partition = await bench.OpenAsync(bench.Store = bench.Store.Crash());
        Assert.Equal([4L, 5L], (await ListAllAsync(partition, mailbox)).Select(m => m.Sequence));
        await partition.FlushAsync(CancellationToken.None);
        var report = await partition.MaintainAsync(Domain, RetentionPolicy.Keep, CancellationToken.None);
        await partition.FlushAsync(CancellationToken.None);
        await partition.FlushAsync(CancellationToken.None);

        Assert.Equal((1, 0L), (report.PacksCompacted, report.Deleted));
        Assert.Equal([4L, 5L], (await ListAllAsync(partition, mailbox)).Select(m => m.Sequence));
        foreach (var path in bench.Store.Paths)
            Assert.DoesNotContain("message 1 of", await TextAsync(bench.Store, path), StringComparison.Ordinal);
        Assert.Equal(6L, (await RecordOneAsync(partition, mailbox)).Sequence);
    }

    [Fact]
    public async Task Under_a_hold_what_is_deleted_stays_in_the_store_hidden_and_goes_when_the_hold_ends()
    {
        var bench = NewBench();
        await using var partition = await bench.OpenAsync();
        await partition.MaintainAsync(Domain, RetentionPolicy.Keep with { Hold = true }, CancellationToken.None);
        var ids = await RecordAsync(partition, 3, mailbox);
        await partition.DeleteAsync(Domain, ids[0], CancellationToken.None); // before it is in a pack
        await partition.FlushAsync(CancellationToken.None);
        await partition.DeleteAsync(Domain, ids[1], CancellationToken.None);
        await partition.FlushAsync(CancellationToken.None);

        var held = await partition.MaintainAsync(Domain, new RetentionPolicy(1, new Dictionary<Incarnation, int?>(), true), CancellationToken.None);
        Assert.Equal(2, held.Deleted);
        Assert.Equal([3L], (await ListAllAsync(partition, mailbox)).Select(m => m.Sequence));

        var released = await partition.MaintainAsync(Domain, RetentionPolicy.Keep, CancellationToken.None);
        Assert.Equal((1, 0L), (released.PacksCompacted, released.Deleted));
        Assert.Equal([3L], (await ListAllAsync(partition, mailbox)).Select(m => m.Sequence));
    }

    [Fact]
    public async Task Messages_expire_by_the_days_of_their_mailbox_and_whole_packs_go_where_all_of_it_is_due()
    {
        var (bench, other) = (NewBench(), NewIncarnation());
        await using var partition = await bench.OpenAsync();
        var old = DateTimeOffset.UtcNow.AddDays(-10);
        await partition.RecordAsync(Domain, Message("old", mailbox) with { ReceivedAt = old }, CancellationToken.None);
        await partition.RecordAsync(Domain, Message("old, kept", other) with { ReceivedAt = old }, CancellationToken.None);
        await partition.FlushAsync(CancellationToken.None);
        await RecordAsync(partition, 1, mailbox);
        var kept = new RetentionPolicy(7, new Dictionary<Incarnation, int?> { [other] = null }, false);

        Assert.Equal(1, (await partition.MaintainAsync(Domain, kept, CancellationToken.None)).Expired);
        Assert.Equal([2L], (await ListAllAsync(partition, mailbox)).Select(m => m.Sequence));
        Assert.Single(await ListAllAsync(partition, other));
        Assert.Equal(0, (await partition.MaintainAsync(Domain, kept, CancellationToken.None)).Expired);

        var all = await partition.MaintainAsync(Domain, kept with { Mailboxes = new Dictionary<Incarnation, int?>() }, CancellationToken.None);
        Assert.Equal((1L, 1), (all.Expired, all.PacksDropped));
        Assert.Empty(await ListAllAsync(partition, other));
        Assert.Equal(1, (await partition.GetUsageAsync(Domain, mailbox, CancellationToken.None)).Messages);
    }

    [Fact]
    public async Task A_mailbox_that_has_ended_shows_nothing_and_takes_nothing_any_more()
    {
        var bench = NewBench();
        await using var partition = await bench.OpenAsync();
        await RecordAsync(partition, 3, mailbox);
        await partition.FlushAsync(CancellationToken.None);
        await RecordAsync(partition, 3, mailbox);

        await partition.ForgetAsync(Domain, mailbox, CancellationToken.None);

        Assert.Empty(await ListAllAsync(partition, mailbox));
        Assert.Equal(RecordOutcome.Gone, (await partition.RecordAsync(Domain, Message("late", mailbox), CancellationToken.None)).Outcome);
        await partition.FlushAsync(CancellationToken.None);
        await partition.MaintainAsync(Domain, RetentionPolicy.Keep, CancellationToken.None);
        Assert.Empty((await HeadAsync(bench)).Packs);
    }

    [Fact]
    public async Task A_domain_that_has_ended_leaves_no_pack()
    {
        var bench = NewBench();
        await using var partition = await bench.OpenAsync();
        await RecordAsync(partition, 3, mailbox);
        await partition.FlushAsync(CancellationToken.None);

        await partition.ForgetAsync(Domain, null, CancellationToken.None);
        Assert.Empty(await ListAllAsync(partition, mailbox));
        for (var i = 0; i < 3; i++)
            await partition.FlushAsync(CancellationToken.None);

        Assert.DoesNotContain(bench.Store.Paths, p => p.StartsWith($"t/{Domain.Tenant}/{Domain.Domain}/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_domain_that_had_ended_when_the_process_died_leaves_nothing_either()
    {
        var bench = NewBench(o => o.Grace = TimeSpan.FromHours(1));
        var partition = await bench.OpenAsync();
        await RecordAsync(partition, 3, mailbox);
        await partition.FlushAsync(CancellationToken.None);
        await partition.ForgetAsync(Domain, null, CancellationToken.None);
        await partition.FlushAsync(CancellationToken.None);
        Assert.Contains(bench.Store.Paths, p => p.StartsWith($"t/{Domain.Tenant}/{Domain.Domain}/", StringComparison.Ordinal));

        bench.Options.Grace = TimeSpan.Zero;
        await using var reopened = await bench.OpenAsync(bench.Store = bench.Store.Crash());
        await reopened.FlushAsync(CancellationToken.None);

        Assert.DoesNotContain(bench.Store.Paths, p => p.StartsWith($"t/{Domain.Tenant}/{Domain.Domain}/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_large_payload_goes_with_its_last_entry_and_one_that_no_record_refers_to_is_swept()
    {
        var (bench, other) = (NewBench(o => o.OrphanAge = TimeSpan.Zero), NewIncarnation());
        await using var partition = await bench.OpenAsync();
        var (kept, orphan) = (Message("large", mailbox, other), Ulid.NewUlid());
        foreach (var id in (Ulid[])[kept.Id, orphan])
        {
            await using var writer = await bench.Store.CreateObjectAsync(DomainPaths.Object(Domain, id), CancellationToken.None);
            await writer.WriteAsync(kept.Payload.Inline, CancellationToken.None);
            await writer.CommitAsync(CancellationToken.None);
        }

        var submission = kept with { Payload = kept.Payload with { Inline = default, ObjectPath = DomainPaths.Object(Domain, kept.Id) } };
        var receipt = await partition.RecordAsync(Domain, submission, CancellationToken.None);
        await partition.FlushAsync(CancellationToken.None);
        Assert.Equal(1, (await partition.MaintainAsync(Domain, RetentionPolicy.Keep, CancellationToken.None)).Orphans);
        await partition.FlushAsync(CancellationToken.None);
        Assert.Equal([DomainPaths.Object(Domain, kept.Id)], bench.Store.Paths.Where(p => p.Contains("/obj/", StringComparison.Ordinal)));

        foreach (var place in (int[])[0, 1])
        {
            Assert.Single(bench.Store.Paths, p => p.Contains("/obj/", StringComparison.Ordinal));
            await partition.DeleteAsync(Domain, receipt.Id with { Place = place }, CancellationToken.None);
            await partition.FlushAsync(CancellationToken.None);
            await partition.MaintainAsync(Domain, RetentionPolicy.Keep, CancellationToken.None);
            await partition.FlushAsync(CancellationToken.None);
        }

        Assert.DoesNotContain(bench.Store.Paths, p => p.Contains("/obj/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Little_mail_of_many_domains_is_carried_over_and_costs_them_no_writes()
    {
        var bench = NewBench(o => (o.FewDomains, o.MaxLogAppends, o.MaxCarriedFiles) = (3, 10, 100));
        var domains = Enumerable.Range(0, 50).Select(i => new DomainKey(Domain.Tenant, NewIncarnation(), i)).ToList();
        var partition = await bench.OpenAsync();
        for (var i = 0; i < 200; i++)
            await partition.RecordAsync(domains[i % 50], Message($"message {i}", mailbox), CancellationToken.None);
        await UntilAsync(() => bench.Store.Paths.Any(p => p.EndsWith(".carry", StringComparison.Ordinal)));

        partition = await bench.OpenAsync(bench.Store = bench.Store.Crash());

        Assert.DoesNotContain(bench.Store.Paths, p => p.StartsWith("t/", StringComparison.Ordinal));
        foreach (var domain in domains)
            Assert.Equal([1L, 2L, 3L, 4L], (await ListAllAsync(partition, mailbox, domain)).Select(m => m.Sequence));
        await partition.FlushAsync(CancellationToken.None);
        foreach (var domain in domains)
            Assert.Equal(4, (await ListAllAsync(partition, mailbox, domain)).Count);
    }

    [Fact]
    public async Task A_call_that_is_made_again_after_its_record_went_into_a_pack_records_nothing()
    {
        var bench = NewBench();
        var partition = await bench.OpenAsync();
        var submission = Message("once", mailbox);
        await partition.RecordAsync(Domain, submission, CancellationToken.None);
        await partition.FlushAsync(CancellationToken.None);
        partition.MarkSeen([submission.Id]);

        Assert.Equal(RecordOutcome.Recorded, (await partition.RecordAsync(Domain, submission, CancellationToken.None)).Outcome);
        partition = await bench.OpenAsync(bench.Store = bench.Store.Crash());
        Assert.Equal(RecordOutcome.Recorded, (await partition.RecordAsync(Domain, submission, CancellationToken.None)).Outcome);

        Assert.Single(await ListAllAsync(partition, mailbox));
    }

    [Fact]
    public async Task A_repeat_is_recognised_though_its_log_is_gone()
    {
        var bench = NewBench();
        var partition = await bench.OpenAsync();
        var submission = Message("lost reply", mailbox);
        var first = await partition.RecordAsync(Domain, submission, CancellationToken.None);
        await partition.FlushAsync(CancellationToken.None);

        partition = await bench.OpenAsync(bench.Store = bench.Store.Crash());
        var second = await partition.RecordAsync(Domain, submission with { Id = Ulid.NewUlid() }, CancellationToken.None);

        Assert.Equal(new RecordReceipt(RecordOutcome.Repeated, first.Id), second);
    }

    [Fact]
    public async Task A_domain_whose_head_is_damaged_holds_up_nobody_else_and_loses_nothing()
    {
        var bench = NewBench();
        var other = new DomainKey(Domain.Tenant, NewIncarnation(), 8);
        var partition = await bench.OpenAsync();
        await RecordAsync(partition, 2, mailbox);
        await partition.FlushAsync(CancellationToken.None);
        var head = (await bench.Store.ReadValueAsync(DomainPaths.Head(Domain), CancellationToken.None))!;
        await RecordAsync(partition, 2, mailbox);
        await partition.RecordAsync(other, Message("other", mailbox), CancellationToken.None);
        bench.Store = bench.Store.Crash();
        bench.Store.Overwrite(DomainPaths.Head(Domain), "nonsense"u8.ToArray());

        partition = await bench.OpenAsync();
        await partition.FlushAsync(CancellationToken.None);
        Assert.Single(await ListAllAsync(partition, mailbox, other));
        await Assert.ThrowsAsync<HeadDamagedException>(() => ListAllAsync(partition, mailbox));

        bench.Store = bench.Store.Crash();
        bench.Store.Overwrite(DomainPaths.Head(Domain), head.Value.ToArray()); // mended from a backup
        partition = await bench.OpenAsync();
        Assert.Equal([1L, 2L, 3L, 4L], (await ListAllAsync(partition, mailbox)).Select(m => m.Sequence));
    }

    [Fact]
    public async Task Entries_of_the_ledger_ride_along_and_come_to_their_tenant()
    {
        var bench = NewBench();
        await using var partition = await bench.OpenAsync();
        Assert.True(partition.TryNoteDecision(Domain.Tenant, "first"u8.ToArray()));
        var appends = bench.Store.Faults.Count("append");
        await RecordAsync(partition, 1, mailbox);
        Assert.Equal(appends + 1, bench.Store.Faults.Count("append"));

        await partition.FlushAsync(CancellationToken.None);

        var path = Assert.Single(bench.Store.Paths, p => p.StartsWith($"t/{Domain.Tenant}/ledger/", StringComparison.Ordinal));
        var value = (await bench.Store.ReadValueAsync(path, CancellationToken.None))!.Value;
        Assert.Equal("first"u8.ToArray(), Assert.Single(LedgerWriter.Decode(value.Span)).ToArray());
    }

    private static PartitionBench NewBench(Action<PartitionOptions>? configure = null)
    {
        var options = new PartitionOptions { DedicatedThread = false, Grace = TimeSpan.Zero };
        configure?.Invoke(options);
        return new PartitionBench { Options = options };
    }

    private static async Task<List<MessageId>> RecordAsync(IPartition partition, int count, Incarnation mailbox)
    {
        var ids = new List<MessageId>();
        for (var i = 0; i < count; i++)
            ids.Add((await partition.RecordAsync(Domain, Message($"message {i} of {Ulid.NewUlid()}", mailbox), CancellationToken.None)).Id);
        return ids;
    }

    private static async Task<StoredMessage> RecordOneAsync(IPartition partition, Incarnation mailbox) =>
        (await partition.FindAsync(Domain, (await RecordAsync(partition, 1, mailbox))[0], CancellationToken.None))!;

    private static async Task<DomainHead> HeadAsync(PartitionBench bench) =>
        HeadCodec.Decode((await bench.Store.ReadValueAsync(DomainPaths.Head(Domain), CancellationToken.None))!.Value.Span, "head");

    private static async Task<string> TextAsync(MemoryObjectStore store, string path)
    {
        await using var stream = await store.OpenReadAsync(path, 0, 1 << 24, CancellationToken.None);
        using var reader = new StreamReader(stream, System.Text.Encoding.Latin1);
        return await reader.ReadToEndAsync();
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        for (var i = 0; !condition(); i++)
        {
            Assert.True(i < 30_000, "It did not come to pass.");
            await Task.Delay(1);
        }
    }
}
