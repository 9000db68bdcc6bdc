using System.Text.Json;
using CsCheck;
using OrleansMail.Storage.Domains;
using OrleansMail.Storage.Partitions;
using OrleansMail.Storage.Verification;
using OrleansMail.Testing.Processes;

namespace OrleansMail.Storage.Tests.Verification;

public sealed class StoreVerifierTests
{
    [Fact]
    public async Task A_store_of_several_domains_and_packs_is_sound()
    {
        var store = await VerifiedStore.CreateAsync();

        var report = await store.VerifyAsync();

        Assert.Empty(report.Mismatches);
        Assert.Equal((1, 3, 9), (report.Counts.Partitions, report.Counts.Domains, report.Counts.Mailboxes));
        Assert.True(report.Counts.Packs >= 6, $"{report.Counts.Packs} packs");
        Assert.Equal(12, report.Counts.Objects);
    }

    /// <summary>Any bit of any file but the manifest, whose few octets have no checksum.</summary>
    [Fact]
    public async Task A_flipped_bit_is_found_or_changes_nothing_that_is_served()
    {
        var sound = await VerifiedStore.CreateAsync();
        var (torn, served) = ((await sound.VerifyAsync()).Counts.TornTails, await sound.Copy().ServeAsync());
        var files = sound.Store.Paths.Where(p => p != "manifest" && sound.Store.Read(p).Length > 0).ToList();

        await Gen.Select(Gen.Int[0, files.Count - 1], Gen.Int[0, int.MaxValue], Gen.Int[0, 7]).SampleAsync(
            async (file, position, bit) =>
            {
                var store = sound.Copy();
                store.Store.FlipBit(files[file], position % store.Store.Read(files[file]).Length, bit);
                var report = await store.VerifyAsync();
                return !report.IsSound || report.Counts.TornTails > torn || (await store.ServeAsync()).SequenceEqual(served);
            },
            iter: Repository.LongTests ? 5000 : 150,
            threads: 1);
    }

    [Theory]
    [InlineData("/pack/", "pack-missing")]
    [InlineData("/obj/", "object-missing")]
    [InlineData("/head", "head-missing")]
    [InlineData("ckpt", "checkpoint")]
    [InlineData(".log", "log-missing")]
    public async Task A_file_that_is_missing_is_named(string part, string kind)
    {
        var store = await VerifiedStore.CreateAsync();
        var head = await store.HeadAsync();
        var path = part switch
        {
            "/pack/" => store.Pack(head),
            ".log" => PartitionFolder.Of(0) + await FirstLogAsync(store),
            "/obj/" => await ReferredObjectAsync(store),
            _ => store.Store.Paths.First(p => p.Contains(part, StringComparison.Ordinal)),
        };
        await store.Store.DeleteAsync(path, null, CancellationToken.None);

        var report = await store.VerifyAsync();

        Assert.Contains(report.Mismatches, m => m.Kind == kind && m.Path == path);
    }

    [Fact]
    public async Task Numbers_of_a_head_that_do_not_fit_its_packs_are_found()
    {
        var store = await VerifiedStore.CreateAsync();
        var head = await store.HeadAsync();
        var row = head.Rows[0];
        var pack = head.Packs[0];
        (DomainHead Head, string Kind)[] wrong =
        [
            (head with { Messages = head.Messages + 1 }, "total"),
            (head with { Rows = [row with { Messages = row.Messages + 1 }, .. head.Rows.Skip(1)] }, "row"),
            (head with { Rows = [row with { LastSequence = 1 }, .. head.Rows.Skip(1)] }, "row"),
            (head with { Rows = [row with { Runs = [.. row.Runs.Skip(1)] }, .. head.Rows.Skip(1)] }, "row"),
            (head with { Rows = [.. head.Rows.Reverse()] }, "row"),
            (head with { Packs = [pack with { Dead = EntrySet.Of([(0, pack.Entries + 1)]) }, .. head.Packs.Skip(1)] }, "head"),
            (head with { Packs = [pack with { RawBytes = 1 }, .. head.Packs.Skip(1)] }, "pack"),
            (head with { Packs = [.. head.Packs.Reverse()] }, "sequence"),
            (head with { NextPack = 1 }, "head"),
        ];
        foreach (var (changed, kind) in wrong)
        {
            store.Write(changed);
            Assert.Contains((await store.VerifyAsync()).Mismatches, m => m.Kind == kind);
        }
    }

    [Fact]
    public async Task A_checkpoint_that_does_not_fit_the_logs_is_found()
    {
        var store = await VerifiedStore.CreateAsync();
        var path = Checkpoint.PathOf(PartitionFolder.Of(0));
        var sound = store.Store.Read(path);
        var checkpoint = Checkpoint.Parse(sound, path);
        byte[][] wrong =
        [
            (checkpoint with { LastRecord = checkpoint.LastRecord + 1000 }).Encode(),
            (checkpoint with { Epoch = checkpoint.Epoch + 1 }).Encode(),
            (checkpoint with { First = "none" }).Encode(),
            (checkpoint with { LastRecord = checkpoint.LastRecord - 1 }).Encode(),
            [.. "{\"cbrried\":[],"u8, .. sound.AsSpan(1)],
        ];
        foreach (var value in wrong)
        {
            store.Store.Overwrite(path, value);
            Assert.Contains((await store.VerifyAsync()).Mismatches, m => m.Kind == "checkpoint");
        }
    }

    [Fact]
    public async Task What_nothing_refers_to_is_counted_and_is_no_damage()
    {
        var store = await VerifiedStore.CreateAsync();
        var before = (await store.VerifyAsync()).Orphans;
        var domain = VerifiedStore.Domains[0];
        string[] paths = [DomainPaths.Pack(domain, "x.blk"), DomainPaths.Page(domain, "x"), DomainPaths.Object(domain, Ulid.NewUlid()), "wal/p000/x.carry", "wal/p000/x.repeats"];
        foreach (var path in paths)
            store.Store.Overwrite(path, new byte[10]);

        var report = await store.VerifyAsync();

        Assert.True(report.IsSound);
        foreach (var kind in (string[])["pack", "page", "object", "carried", "repeats"])
        {
            var old = before.FirstOrDefault(o => o.Kind == kind);
            var found = Assert.Single(report.Orphans, o => o.Kind == kind);
            Assert.Equal((1 + (old?.Files ?? 0), 10 + (old?.Octets ?? 0)), (found.Files, found.Octets));
        }
    }

    [Fact]
    public async Task A_check_that_was_stopped_goes_on_behind_the_last_domain()
    {
        var store = await VerifiedStore.CreateAsync();
        var verifier = new StoreVerifier(store.Store, TimeProvider.System);
        var positions = new List<string>();
        await verifier.VerifyAsync(new(), null, p => { positions.Add(p); return default; }, CancellationToken.None);
        var rest = new VerificationReport();

        await verifier.VerifyAsync(rest, positions[0], null, CancellationToken.None);

        Assert.True(rest.IsSound);
        Assert.Equal((3, 2), (positions.Count, rest.Counts.Domains));
    }

    [Fact]
    public async Task The_report_as_json_has_what_the_text_has()
    {
        var store = await VerifiedStore.CreateAsync();
        await store.Store.DeleteAsync(store.Pack(await store.HeadAsync()), null, CancellationToken.None);
        var report = await store.VerifyAsync();

        using var json = JsonDocument.Parse(report.ToJson());

        Assert.False(json.RootElement.GetProperty("sound").GetBoolean());
        Assert.Equal(report.MismatchCount, json.RootElement.GetProperty("mismatchCount").GetInt64());
        Assert.Equal("pack-missing", json.RootElement.GetProperty("mismatches")[0].GetProperty("kind").GetString());
        Assert.Equal(3, json.RootElement.GetProperty("counts").GetProperty("domains").GetInt64());
        Assert.Contains("pack-missing: t/", VerificationText.Of(report), StringComparison.Ordinal);
    }

    private static async Task<string> FirstLogAsync(VerifiedStore store)
    {
        var path = Checkpoint.PathOf(PartitionFolder.Of(0));
        return Checkpoint.Parse((await store.Store.ReadValueAsync(path, CancellationToken.None))!.Value.Span, path).First;
    }

    private static async Task<string> ReferredObjectAsync(VerifiedStore store)
    {
        var orphans = (await store.VerifyAsync()).Orphans;
        Assert.DoesNotContain(orphans, static o => o.Kind == "object");
        return store.Store.Paths.First(p => p.StartsWith(DomainPaths.Objects(VerifiedStore.Domains[0]), StringComparison.Ordinal));
    }
}
