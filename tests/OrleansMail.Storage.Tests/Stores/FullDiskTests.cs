using System.Diagnostics;
using OrleansMail.Contracts.Storage;
using OrleansMail.Storage.FileSystem;

namespace OrleansMail.Storage.Tests.Stores;

/// <summary>A folder on a volume of 4 MB that is full.</summary>
public sealed class FullDiskTests : IAsyncLifetime
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("orleansmail-full-");
    private FileSystemObjectStore? store;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private FileSystemObjectStore Store => store!;

    public async ValueTask InitializeAsync()
    {
        if (OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess
            && await RunAsync("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", folder.FullName) == 0)
            store = FileSystemObjectStore.Open(folder.FullName);
    }

    public async ValueTask DisposeAsync()
    {
        if (store is not null)
        {
            await store.DisposeAsync();
            await RunAsync("umount", folder.FullName);
        }

        folder.Delete();
    }

    [Fact]
    public async Task A_full_disk_refuses_what_is_new_and_takes_it_once_there_is_room()
    {
        SkipWithoutVolume();
        await FillAsync();

        await Assert.ThrowsAsync<StoreFullException>(async () => await Store.WriteValueAsync("v", new byte[100_000], null, Cancel));
        await Assert.ThrowsAsync<StoreFullException>(async () => await Store.CreateLogAsync("wal/b.log", Cancel));
        await Assert.ThrowsAsync<StoreFullException>(() => WriteObjectAsync("t/o", 100_000));
        Assert.False(await Store.HasRoomAsync(1, Cancel));
        Assert.Empty(Directory.GetFiles(Path.Combine(folder.FullName, "~tmp")));

        await Store.DeleteAsync("filler", null, Cancel);
        await Store.WriteValueAsync("v", new byte[100_000], null, Cancel);
        await WriteObjectAsync("t/o", 100_000);
        await using var log = await Store.CreateLogAsync("wal/b.log", Cancel);
        Assert.True(await Store.HasRoomAsync(1, Cancel));
    }

    [Fact]
    public async Task A_log_that_can_not_grow_still_takes_what_it_was_made_for_and_grows_once_there_is_room()
    {
        SkipWithoutVolume();
        await using var log = await Store.CreateLogAsync("wal/a.log", Cancel);
        await FillAsync();
        await log.AppendAsync(0, new(new byte[1_000_000]), Cancel);
        await ((FileAppendLog)log).FillingAhead; // in vain

        await Assert.ThrowsAsync<StoreFullException>(async () => await log.AppendAsync(1_000_000, new(new byte[100_000]), Cancel));
        Assert.Equal(1 << 20, await log.GetLengthAsync(Cancel));
        await log.AppendAsync(1_000_000, new(new byte[48_000]), Cancel);
        await Assert.ThrowsAsync<StoreFullException>(async () => await log.AppendAsync(1_048_000, new(new byte[100_000]), Cancel));

        await Store.DeleteAsync("filler", null, Cancel);
        await log.AppendAsync(1_048_000, new(new byte[100_000]), Cancel);
        await log.SealAsync(1_148_000, Cancel);
        Assert.Equal(1_148_000, await log.GetLengthAsync(Cancel));
    }

    [Fact]
    public async Task A_log_that_can_not_double_grows_by_what_is_needed()
    {
        SkipWithoutVolume();
        await using var log = await Store.CreateLogAsync("wal/a.log", Cancel);
        await FillAsync(leave: 200_000);
        await log.AppendAsync(0, new(new byte[1_048_576]), Cancel);
        await ((FileAppendLog)log).FillingAhead; // a step of it found no room
        Assert.Equal(1 << 20, await log.GetLengthAsync(Cancel));

        await log.AppendAsync(1_048_576, new(new byte[100_000]), Cancel);

        Assert.InRange(await log.GetLengthAsync(Cancel), 1_148_576, 1_300_000);
    }

    private static async Task<int> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        await process.WaitForExitAsync();
        return process.ExitCode;
    }

    private void SkipWithoutVolume() => Assert.SkipWhen(store is null, "A small volume can be mounted only by root on Linux.");

    private async Task FillAsync(long leave = 0)
    {
        var free = new DriveInfo(folder.FullName).AvailableFreeSpace - leave;
        await WriteObjectAsync("filler", (int)free);
    }

    private async Task WriteObjectAsync(string path, int length)
    {
        await using var writer = await Store.CreateObjectAsync(path, Cancel);
        await writer.WriteAsync(new byte[length], Cancel);
        await writer.CommitAsync(Cancel);
    }
}
