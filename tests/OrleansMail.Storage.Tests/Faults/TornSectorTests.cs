using System.Security.Cryptography;
using CsCheck;
using OrleansMail.Contracts;
using OrleansMail.Storage.FileSystem;
using OrleansMail.Storage.Tests.Partitions;
using OrleansMail.Testing.Processes;
using static OrleansMail.Storage.Tests.Partitions.PartitionBench;

namespace OrleansMail.Storage.Tests.Faults;

/// <summary>A disk writes the sectors of the last batch in any order, and the power goes between.</summary>
public sealed class TornSectorTests
{
    private const int Sector = 512;
    private const int Pattern = 40; // it repeats

    // All sectors of the batch, none, all but one, or any.
    private static readonly Gen<bool[]> Writes = Gen.OneOf(
        Gen.Const(Enumerable.Repeat(true, Pattern).ToArray()),
        Gen.Const(new bool[Pattern]),
        Gen.Int[0, Pattern - 1].Select(static lost => Enumerable.Range(0, Pattern).Select(i => i != lost).ToArray()),
        Gen.Bool.Array[Pattern]);

    [Fact]
    public Task What_was_acknowledged_is_there_and_what_was_not_is_whole_or_absent() =>
        Gen.Select(Gen.Int[1, 5], Gen.Int[1, 3000].Array[1, 4], Writes).SampleAsync(PlayAsync, iter: 60, threads: 1);

    private static async Task PlayAsync(int acknowledged, int[] lengths, bool[] written)
    {
        using var folder = new TemporaryFolder();
        var mailbox = NewIncarnation();
        var bench = new PartitionBench { Options = new() { DedicatedThread = false, KeepLogs = true } };
        var image = await LeaveTornAsync(bench, folder.Path, mailbox, acknowledged, lengths, written);
        int found;
        await using (var store = FileSystemObjectStore.Open(folder.Path))
        {
            var partition = await bench.OpenAsync(store); // not disposed: it dies with its store
            found = await CheckAsync(partition, store, mailbox);
            Assert.InRange(found, acknowledged, acknowledged + lengths.Length);
            if (image is Image.Whole or Image.Without)
                Assert.Equal(acknowledged + (image == Image.Whole ? lengths.Length : 0), found);
            await partition.RecordAsync(Domain, Message("behind what was torn", mailbox), CancellationToken.None);
        }

        await using var again = FileSystemObjectStore.Open(folder.Path);
        await using var next = await bench.OpenAsync(again);
        Assert.Equal(found + 1, await CheckAsync(next, again, mailbox));
    }

    private static async Task<int> CheckAsync(IPartition partition, FileSystemObjectStore store, Incarnation mailbox)
    {
        var all = await ListAllAsync(partition, mailbox);
        Assert.Equal(Enumerable.Range(1, all.Count).Select(static i => (long)i), all.Select(static m => m.Sequence));
        foreach (var message in all)
            Assert.Equal(message.Sha256.ToArray(), SHA256.HashData(await ReadRawAsync(store, message)));
        return all.Count;
    }

    private static async Task<Image> LeaveTornAsync(PartitionBench bench, string folder, Incarnation mailbox, int acknowledged, int[] lengths, bool[] written)
    {
        using var sync = new HeldSync();
        await using var store = FileSystemObjectStore.Open(folder, sync.Run);
        var partition = await bench.OpenAsync(store); // not disposed: it dies with its store
        Task RecordAsync(string text) => partition.RecordAsync(Domain, Message(text, mailbox), CancellationToken.None).AsTask();
        for (var i = 1; i < acknowledged; i++)
            await RecordAsync($"message {i}");
        sync.Hold();
        var last = RecordAsync("the last that is acknowledged");
        await sync.Held;
        var batch = lengths.Select(length => RecordAsync(new string('x', length))).ToList(); // gathers meanwhile
        var file = Assert.Single(Directory.GetFiles(folder, "*.log", SearchOption.AllDirectories));
        var before = await ReadAsync(file);
        var syncs = sync.Release();
        await Task.WhenAll([last, .. batch]);
        Assert.Equal(syncs + 1, sync.Count);
        return await TearAsync(file, before, written);
    }

    // What is written is what the batch changed.
    private static async Task<Image> TearAsync(string file, byte[] before, bool[] written)
    {
        var whole = await ReadAsync(file);
        var torn = whole.ToArray();
        for (var at = 0; at < torn.Length; at += Sector)
        {
            var sector = torn.AsSpan(at, Math.Min(Sector, torn.Length - at));
            if (!written[at / Sector % Pattern])
                before.AsSpan(at, sector.Length).CopyTo(sector);
        }

        await using var stream = new FileStream(file, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        await stream.WriteAsync(torn);
        return torn.AsSpan().SequenceEqual(whole) ? Image.Whole : torn.AsSpan().SequenceEqual(before) ? Image.Without : Image.Torn;
    }

    private static async Task<byte[]> ReadAsync(string file)
    {
        await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var octets = new byte[stream.Length];
        await stream.ReadExactlyAsync(octets);
        return octets;
    }

    private enum Image
    {
        Without,
        Torn,
        Whole,
    }
}
