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

    [Fact]
    public Task What_was_acknowledged_is_there_and_the_last_batch_is_whole_or_absent() =>
        Gen.Select(Gen.Int[1, 5], Gen.Int[1, 6000], Gen.Bool.Array[40]).SampleAsync(PlayAsync, iter: 40, threads: 1);

    private static async Task PlayAsync(int acknowledged, int length, bool[] written)
    {
        using var folder = new TemporaryFolder();
        var mailbox = NewIncarnation();
        var bench = new PartitionBench();
        await LeaveTornAsync(bench, folder.Path, mailbox, acknowledged, length, written);

        await using var store = FileSystemObjectStore.Open(folder.Path);
        await using var partition = await bench.OpenAsync(store);
        var all = await ListAllAsync(partition, mailbox);

        Assert.InRange(all.Count, acknowledged, acknowledged + 1);
        Assert.Equal(Enumerable.Range(1, all.Count).Select(i => (long)i), all.Select(m => m.Sequence));
        foreach (var message in all)
            Assert.Equal(message.Sha256.ToArray(), System.Security.Cryptography.SHA256.HashData(await ReadRawAsync(store, message)));
        Assert.Equal(all.Count, written.All(w => w) ? acknowledged + 1 : all.Count);
    }

    private static async Task LeaveTornAsync(PartitionBench bench, string folder, Incarnation mailbox, int acknowledged, int length, bool[] written)
    {
        await using var store = FileSystemObjectStore.Open(folder);
        var partition = await bench.OpenAsync(store); // not disposed: it dies with its store
        for (var i = 0; i < acknowledged; i++)
            await partition.RecordAsync(Domain, Message($"message {i}", mailbox), CancellationToken.None);
        var file = Assert.Single(Directory.GetFiles(folder, "*.log", SearchOption.AllDirectories));
        var before = await ReadAsync(file);
        await partition.RecordAsync(Domain, Message(new string('x', length), mailbox), CancellationToken.None);
        var after = await ReadAsync(file);
        for (var at = 0; at < after.Length; at += Sector)
        {
            var sector = after.AsSpan(at, Math.Min(Sector, after.Length - at));
            if (!written[at / Sector % written.Length])
                before.AsSpan(at, sector.Length).CopyTo(sector);
        }

        await using var stream = new FileStream(file, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        await stream.WriteAsync(after);
    }

    private static async Task<byte[]> ReadAsync(string file)
    {
        await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var octets = new byte[stream.Length];
        await stream.ReadExactlyAsync(octets);
        return octets;
    }
}
