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
        Gen.Int[0, Pattern - 1].Select(lost => Enumerable.Range(0, Pattern).Select(i => i != lost).ToArray()),
        Gen.Bool.Array[Pattern]);

    [Fact]
    public Task What_was_acknowledged_is_there_and_the_last_batch_is_there_if_it_is_whole() =>
        Gen.Select(Gen.Int[1, 5], Gen.Int[1, 6000], Writes).SampleAsync(PlayAsync, iter: 60, threads: 1);

    private static async Task PlayAsync(int acknowledged, int length, bool[] written)
    {
        using var folder = new TemporaryFolder();
        var mailbox = NewIncarnation();
        var bench = new PartitionBench { Options = new() { DedicatedThread = false, KeepLogs = true } };
        var expected = acknowledged + (await LeaveTornAsync(bench, folder.Path, mailbox, acknowledged, length, written) ? 1 : 0);
        await using (var store = FileSystemObjectStore.Open(folder.Path))
        {
            var partition = await bench.OpenAsync(store); // not disposed: it dies with its store
            await CheckAsync(partition, store, mailbox, expected);
            await partition.RecordAsync(Domain, Message("behind what was torn", mailbox), CancellationToken.None);
        }

        await using var again = FileSystemObjectStore.Open(folder.Path);
        await using var next = await bench.OpenAsync(again);
        await CheckAsync(next, again, mailbox, expected + 1);
    }

    private static async Task CheckAsync(IPartition partition, FileSystemObjectStore store, Incarnation mailbox, int expected)
    {
        var all = await ListAllAsync(partition, mailbox);
        Assert.Equal(Enumerable.Range(1, expected).Select(i => (long)i), all.Select(m => m.Sequence));
        foreach (var message in all)
            Assert.Equal(message.Sha256.ToArray(), System.Security.Cryptography.SHA256.HashData(await ReadRawAsync(store, message)));
    }

    // Whether every octet of the last batch is there.
    private static async Task<bool> LeaveTornAsync(PartitionBench bench, string folder, Incarnation mailbox, int acknowledged, int length, bool[] written)
    {
        await using var store = FileSystemObjectStore.Open(folder);
        var partition = await bench.OpenAsync(store); // not disposed: it dies with its store
        for (var i = 0; i < acknowledged; i++)
            await partition.RecordAsync(Domain, Message($"message {i}", mailbox), CancellationToken.None);
        var file = Assert.Single(Directory.GetFiles(folder, "*.log", SearchOption.AllDirectories));
        var before = await ReadAsync(file);
        await partition.RecordAsync(Domain, Message(new string('x', length), mailbox), CancellationToken.None);
        var after = await ReadAsync(file);
        var whole = after.ToArray();
        for (var at = 0; at < after.Length; at += Sector)
        {
            var sector = after.AsSpan(at, Math.Min(Sector, after.Length - at));
            if (!written[at / Sector % written.Length])
                before.AsSpan(at, sector.Length).CopyTo(sector);
        }

        await using var stream = new FileStream(file, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        await stream.WriteAsync(after);
        return after.AsSpan().SequenceEqual(whole);
    }

    private static async Task<byte[]> ReadAsync(string file)
    {
        await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var octets = new byte[stream.Length];
        await stream.ReadExactlyAsync(octets);
        return octets;
    }
}
