using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using OrleansMail.Storage.Domains;
using OrleansMail.Storage.FileSystem;
using OrleansMail.Storage.Partitions;
using OrleansMail.Storage.Verification;
using OrleansMail.Testing.Processes;

namespace OrleansMail.Storage.Tests.Verification;

/// <summary>What repairs put aside.</summary>
public sealed class DamagedFilesTests
{
    private static readonly DateTimeOffset Moment = DateTimeOffset.Parse("2031-02-03T04:05:06Z", CultureInfo.InvariantCulture);

    [Fact]
    public async Task Whatever_of_a_domain_is_put_aside_lies_in_its_folder_and_goes_with_it()
    {
        var store = await VerifiedStore.CreateAsync();
        await DamageAsync(store);

        await RepairAsync(store, Moment);

        var kept = store.Store.Paths.Where(static p => p.Contains("damaged/", StringComparison.Ordinal)).ToList();
        var own = DomainPaths.Domain(VerifiedStore.Domains[0]) + "damaged/20310203T040506.000/";
        Assert.Equal(["damaged/20310203T040506.000/wal/p000/ckpt", own + "head"], kept.Where(static p => !p.EndsWith(".blk", StringComparison.Ordinal)));
        Assert.StartsWith(own + "pack/", Assert.Single(kept, static p => p.EndsWith(".blk", StringComparison.Ordinal)), StringComparison.Ordinal);

        await using (var partition = await store.OpenAsync(new() { DedicatedThread = false, Grace = TimeSpan.Zero }))
        {
            await partition.ForgetAsync(VerifiedStore.Domains[0], null, CancellationToken.None);
            await partition.FlushAsync(CancellationToken.None);
            await partition.FlushAsync(CancellationToken.None);
        }

        Assert.DoesNotContain(store.Store.Paths, static p => p.StartsWith(DomainPaths.Domain(VerifiedStore.Domains[0]), StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_verification_says_how_much_was_put_aside_and_since_when()
    {
        var store = await VerifiedStore.CreateAsync();
        Assert.Null((await store.VerifyAsync()).PutAside);
        await DamageAsync(store);
        await RepairAsync(store, Moment);
        store.Store.FlipBit(DomainPaths.Head(VerifiedStore.Domains[0]), 100, 3);
        await RepairAsync(store, Moment.AddDays(3));

        var report = await store.VerifyAsync();

        var kept = store.Store.Paths.Where(static p => p.Contains("damaged/", StringComparison.Ordinal)).ToList();
        Assert.Equal(new PutAside(kept.Count, kept.Sum(p => (long)store.Store.Read(p).Length), Moment), report.PutAside);
        Assert.Equal(4, kept.Count);
        Assert.True(report.IsSound);
        Assert.Contains($"4 files were put aside by repairs, {report.PutAside!.Octets} octets, the first on 2031-02-03", VerificationText.Of(report), StringComparison.Ordinal);
        using var json = JsonDocument.Parse(report.ToJson());
        Assert.Equal(4, json.RootElement.GetProperty("putAside").GetProperty("files").GetInt64());
    }

    /// <summary>A folder's copy is a link and has the age of the file.</summary>
    [Fact]
    public async Task The_age_of_what_was_put_aside_in_a_folder_is_that_of_the_repair()
    {
        using var folder = new TemporaryFolder();
        await using var store = FileSystemObjectStore.Open(folder.Path);
        var before = await VerifiedStore.CreateAsync();
        before.Store.FlipBit(DomainPaths.Head(VerifiedStore.Domains[0]), 100, 3);
        foreach (var path in before.Store.Paths)
        {
            await using var writer = await store.CreateObjectAsync(path, CancellationToken.None);
            await writer.WriteAsync(before.Store.Read(path), CancellationToken.None);
            await writer.CommitAsync(CancellationToken.None);
        }

        var repair = await new StoreRepairer(store, new FakeTimeProvider(Moment)).RepairAsync(CancellationToken.None);

        Assert.True(repair.After.IsSound);
        Assert.Equal((1, Moment), (repair.After.PutAside!.Files, repair.After.PutAside.Oldest));
    }

    /// <summary>A bit of a head, of a payload, and a checkpoint that says nothing.</summary>
    private static async Task DamageAsync(VerifiedStore store)
    {
        store.Store.FlipBit(store.Pack(await store.HeadAsync()), 100, 1);
        store.Store.FlipBit(DomainPaths.Head(VerifiedStore.Domains[0]), 100, 3);
        store.Store.Overwrite(Checkpoint.PathOf(PartitionFolder.Of(0)), "{}"u8.ToArray());
    }

    private static async Task RepairAsync(VerifiedStore store, DateTimeOffset moment) =>
        Assert.Empty((await new StoreRepairer(store.Store, new FakeTimeProvider(moment)).RepairAsync(CancellationToken.None)).After.Mismatches);
}
