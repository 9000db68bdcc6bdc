using OrleansMail.Storage.Domains;
using OrleansMail.Storage.Verification;

namespace OrleansMail.Storage.Tests.Verification;

/// <summary>Verification and repair of a store in which a tenant has a key of its own. Neither is given the key, unless said so.</summary>
public sealed class SealedStoreTests
{
    private static readonly string Sealed = DomainPaths.Domain(VerifiedStore.Domains[0]);

    [Fact]
    public async Task Large_payloads_of_sealed_records_are_not_orphans_but_not_checked()
    {
        var store = await VerifiedStore.CreateAsync(isSealed: true);

        var report = await store.VerifyAsync();

        Assert.Empty(report.Mismatches);
        Assert.DoesNotContain(report.Orphans, static o => o.Kind == "object");
        Assert.Equal((8, 4), (report.Counts.Objects, report.Counts.NotChecked));
        Assert.Equal(28, report.Counts.Sealed);
        Assert.Contains("4 large payloads are sealed", VerificationText.Of(report), StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_the_key_at_hand_large_payloads_of_sealed_records_are_checked_too()
    {
        var store = await VerifiedStore.CreateAsync(isSealed: true);

        var report = await store.VerifyAsync(withKeys: true);

        Assert.Empty(report.Mismatches);
        Assert.Equal((12, 0), (report.Counts.Objects, report.Counts.NotChecked));

        store.Store.FlipBit(Objects(store)[1], 40, 2);
        Assert.Empty((await store.VerifyAsync()).Mismatches);
        Assert.Contains((await store.VerifyAsync(withKeys: true)).Mismatches, m => m.Kind == "object" && m.Path == Objects(store)[1]);
    }

    [Theory]
    [InlineData("missing", "object-missing")]
    [InlineData("cut", "object")]
    [InlineData("beginning", "object")]
    public async Task A_sealed_large_payload_that_is_missing_or_cut_is_found_without_the_key(string damage, string kind)
    {
        var store = await VerifiedStore.CreateAsync(isSealed: true);
        foreach (var path in (string[])[Objects(store)[0], Objects(store)[^1]]) // in a pack, in a log
        {
            var damaged = store.Copy();
            if (damage == "missing")
                await damaged.Store.DeleteAsync(path, null, CancellationToken.None);
            else if (damage == "cut")
                damaged.Store.Overwrite(path, damaged.Store.Read(path)[..^1]);
            else
                damaged.Store.FlipBit(path, 2, 2);

            Assert.Contains((await damaged.VerifyAsync()).Mismatches, m => m.Kind == kind && m.Path == path);
        }
    }

    /// <summary>A bit of each part of a pack.</summary>
    [Fact]
    public async Task A_flipped_bit_in_a_sealed_pack_costs_at_most_the_message_it_is_in()
    {
        var sound = await VerifiedStore.CreateAsync(isSealed: true);
        var served = await sound.Copy().ServeAsync();
        var path = sound.Pack(await sound.HeadAsync());
        Assert.True((await sound.VerifyAsync()).Counts.Sealed > 20);
        var length = sound.Store.Read(path).Length;
        for (var position = 8; position < length; position += length / 40)
        {
            var store = sound.Copy();
            store.Store.FlipBit(path, position, position % 8);

            var repair = await RepairAsync(store);

            Assert.Empty(repair.After.Mismatches);
            Assert.DoesNotContain(repair.After.Orphans, static o => o.Kind == "object" && o.Files > 1);
            var again = await store.ServeAsync();
            Assert.InRange(served.Except(again).Count(), 0, 2); // in two mailboxes
            Assert.Empty(again.Except(served));
        }
    }

    [Fact]
    public async Task A_sealed_record_that_fails_its_check_is_kept_aside_and_named()
    {
        var store = await VerifiedStore.CreateAsync(isSealed: true);
        var served = await store.Copy().ServeAsync();
        var path = store.Pack(await store.HeadAsync());
        var octets = store.Store.Read(path);
        store.Store.FlipBit(path, 100, 1); // in a payload

        var repair = await RepairAsync(store);

        Assert.Empty(repair.After.Mismatches);
        Assert.InRange(served.Except(await store.ServeAsync()).Count(), 1, 2);
        Assert.Contains(repair.Steps, s => s.Path == path && s.Detail.Contains("payload", StringComparison.Ordinal));
        var kept = Assert.Single(store.Store.Paths, p => p.Contains("damaged/", StringComparison.Ordinal) && p.EndsWith(".blk", StringComparison.Ordinal));
        Assert.Equal(octets.Length, store.Store.Read(kept).Length);
    }

    [Fact]
    public async Task A_head_of_a_sealed_domain_that_is_lost_is_made_anew_with_all_messages()
    {
        var store = await VerifiedStore.CreateAsync(isSealed: true);
        var served = await store.Copy().ServeAsync();
        await store.Store.DeleteAsync(DomainPaths.Head(VerifiedStore.Domains[0]), null, CancellationToken.None);

        var repair = await RepairAsync(store);

        Assert.Empty(repair.After.Mismatches);
        Assert.Empty(served.Except(await store.ServeAsync()));
    }

    private static Task<RepairReport> RepairAsync(VerifiedStore store) => new StoreRepairer(store.Store, TimeProvider.System).RepairAsync(CancellationToken.None);

    private static List<string> Objects(VerifiedStore store) => [.. store.Store.Paths.Where(static p => p.StartsWith(Sealed + "obj/", StringComparison.Ordinal))];
}
