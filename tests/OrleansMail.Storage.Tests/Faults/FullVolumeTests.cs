using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using OrleansMail.Contracts;
using OrleansMail.Contracts.Messages;
using OrleansMail.Contracts.Storage;
using OrleansMail.Storage.FileSystem;
using OrleansMail.Storage.Partitions;
using static OrleansMail.Storage.Tests.Partitions.PartitionBench;

namespace OrleansMail.Storage.Tests.Faults;

/// <summary>A volume that is full while batches are written (ENOSPC), has room again, and is found full by the next owner.</summary>
public sealed class FullVolumeTests : IAsyncLifetime
{
    private const int Megabytes = 8;
    private const int Filler = 3_000_000;
    private const int Senders = 8;
    private readonly ConcurrentDictionary<Ulid, MessageSubmission> sent = [];
    private readonly ConcurrentDictionary<Ulid, bool> acknowledged = [];
    private readonly Incarnation mailbox = NewIncarnation();
    private SmallVolume? mounted;

    private SmallVolume Volume => mounted!;

    private string Folder => Path.Combine(Volume.Path, "data");

    public async ValueTask InitializeAsync() => mounted = await SmallVolume.TryMountAsync(Megabytes);

    public ValueTask DisposeAsync()
    {
        mounted?.Dispose();
        return default;
    }

    [Fact]
    public async Task A_volume_that_becomes_full_under_mail_refuses_and_goes_on_once_there_is_room()
    {
        SkipWithoutVolume();
        Volume.Fill(Filler);
        await using (var store = FileSystemObjectStore.Open(Folder))
        {
            var partition = await OpenAsync(store); // not disposed: it dies with its store
            await SendUntilFullAsync(partition);
            var before = acknowledged.Count;
            await Assert.ThrowsAsync<StoreFullException>(() => SendAsync(partition));

            Volume.Free();
            await SendWhenThereIsRoomAsync(partition);

            Assert.True(acknowledged.Count > before);
            await CheckAsync(partition, store);
        }

        await ReopenAsync();
    }

    [Fact]
    public async Task An_owner_that_finds_the_volume_full_takes_over_once_there_is_room()
    {
        SkipWithoutVolume();
        Volume.Fill(Filler);
        await using (var store = FileSystemObjectStore.Open(Folder))
            await SendUntilFullAsync(await OpenAsync(store));
        Volume.FillWhole();

        await using (var store = FileSystemObjectStore.Open(Folder))
        {
            await Assert.ThrowsAsync<StoreFullException>(() => OpenAsync(store));
            Volume.Free();
            var partition = await OpenAsync(store);
            await CheckAsync(partition, store);
            await SendAsync(partition);
        }

        await ReopenAsync();
    }

    // Each sender goes on until it is refused.
    private async Task SendUntilFullAsync(IPartition partition)
    {
        await Task.WhenAll(Enumerable.Range(0, Senders).Select(_ => Task.Run(async () =>
        {
            await Assert.ThrowsAsync<StoreFullException>(async () =>
            {
                while (true)
                    await SendAsync(partition);
            });
        })));
        Assert.True(acknowledged.Count > Senders, $"{acknowledged.Count} acknowledged");
    }

    private async Task SendWhenThereIsRoomAsync(IPartition partition)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await SendAsync(partition);
                return;
            }
            catch (StoreUnavailableException) when (attempt < 1000)
            {
                await Task.Delay(10);
            }
        }
    }

    private async Task SendAsync(IPartition partition)
    {
        var submission = Message($"message {sent.Count} {new string('x', 30_000)}", mailbox);
        sent[submission.Id] = submission;
        acknowledged[(await partition.RecordAsync(Domain, submission, CancellationToken.None)).Id.Record] = true;
    }

    private async Task ReopenAsync()
    {
        await using var store = FileSystemObjectStore.Open(Folder);
        await using var partition = await OpenAsync(store);
        await CheckAsync(partition, store);
    }

    private async Task CheckAsync(IPartition partition, FileSystemObjectStore store)
    {
        var all = await ListAllAsync(partition, mailbox);
        Assert.Empty(acknowledged.Keys.Except(all.Select(static m => m.Id.Record)));
        Assert.Equal(all.Count, all.Select(static m => m.Id).Distinct().Count());
        foreach (var message in all)
            Assert.Equal(sent[message.Id.Record].Payload.Inline.ToArray(), await ReadRawAsync(store, message));
    }

    private static Task<IPartition> OpenAsync(FileSystemObjectStore store)
    {
        var options = new PartitionOptions { KeepLogs = true, ProbeInterval = TimeSpan.FromMilliseconds(20) };
        return new PartitionFactory(store, options, TimeProvider.System, NullLoggerFactory.Instance).OpenAsync(Id, CancellationToken.None);
    }

    private void SkipWithoutVolume() => Assert.SkipWhen(mounted is null, "A small volume can be mounted only where the kernel allows namespaces of users.");
}
