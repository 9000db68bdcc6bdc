using System.Buffers;
using System.Diagnostics;
using System.Text;
using OrleansMail.Contracts.Storage;
using OrleansMail.Storage.FileSystem;

namespace OrleansMail.Storage.Tests.Stores;

/// <summary>What only a folder does: its lock, what a crash leaves, and a medium that fails.</summary>
public sealed class FolderTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("orleansmail-folder-");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task A_folder_that_is_open_can_not_be_opened_again()
    {
        await using (FileSystemObjectStore.Open(folder.FullName))
        {
            var refused = Assert.Throws<StoreLockedException>(() => FileSystemObjectStore.Open(folder.FullName));
            Assert.Contains(folder.FullName, refused.Message, StringComparison.Ordinal);
            Assert.Equal(Environment.ProcessId, refused.ProcessId);
        }

        await using var again = FileSystemObjectStore.Open(folder.FullName);
    }

    [Fact]
    public async Task A_folder_held_by_another_process_is_free_when_that_is_killed()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The other process is flock(1).");
        await using (FileSystemObjectStore.Open(folder.FullName))
        {
        }

        using var holder = Process.Start(new ProcessStartInfo("flock", ["--no-fork", Path.Combine(folder.FullName, "~lock"), "sh", "-c", "echo held; exec cat"])
        {
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
        })!;
        try
        {
            Assert.Equal("held", await holder.StandardOutput.ReadLineAsync(Cancel));
            Assert.Throws<StoreLockedException>(() => FileSystemObjectStore.Open(folder.FullName));
        }
        finally
        {
            holder.Kill();
            await holder.WaitForExitAsync(Cancel);
        }

        await using var store = FileSystemObjectStore.Open(folder.FullName);
    }

    [Fact]
    public void A_folder_that_can_not_be_made_is_a_clear_error()
    {
        var file = Path.Combine(folder.FullName, "file");
        File.WriteAllText(file, "");

        var refused = Assert.Throws<StoreUnavailableException>(() => FileSystemObjectStore.Open(Path.Combine(file, "data")));
        Assert.Contains(file, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_crash_left_half_written_is_removed_at_the_next_start()
    {
        var store = FileSystemObjectStore.Open(folder.FullName);
        var writer = await store.CreateObjectAsync("t/o", Cancel);
        await writer.WriteAsync(new byte[1000], Cancel);
        Assert.NotEmpty(TemporaryFiles());
        // The lock goes as it does with a process; the writer is never disposed.
        await store.DisposeAsync();

        await using var again = FileSystemObjectStore.Open(folder.FullName);

        Assert.Empty(TemporaryFiles());
        Assert.Null(await again.ReadValueAsync("t/o", Cancel));
    }

    [Fact]
    public async Task Every_write_leaves_no_temporary_file_also_when_it_is_refused()
    {
        await using var store = FileSystemObjectStore.Open(folder.FullName);
        await store.WriteValueAsync("v", new byte[10], null, Cancel);
        await Assert.ThrowsAsync<StoreConflictException>(async () => await store.WriteValueAsync("v", new byte[10], null, Cancel));
        await using (var writer = await store.CreateObjectAsync("v", Cancel))
            await Assert.ThrowsAsync<StoreConflictException>(async () => await writer.CommitAsync(Cancel));

        Assert.Empty(TemporaryFiles());
    }

    [Fact]
    public async Task A_path_that_leads_outside_touches_nothing()
    {
        await using var store = FileSystemObjectStore.Open(Path.Combine(folder.FullName, "inner"));

        await Assert.ThrowsAsync<ArgumentException>(async () => await store.WriteValueAsync("../outside", new byte[1], null, Cancel));

        Assert.Equal(["inner"], folder.EnumerateFileSystemInfos().Select(info => info.Name));
    }

    [Fact]
    public async Task A_failed_sync_ends_the_log_for_good_and_is_never_repeated()
    {
        var syncs = 0;
        await using var store = FileSystemObjectStore.Open(folder.FullName, file =>
        {
            if (++syncs == 2)
                throw new IOException("Input/output error", 5);
            DurableFile.SyncData(file);
        });
        await using var log = await store.CreateLogAsync("wal/a.log", Cancel);
        await log.AppendAsync(0, new(new byte[] { 1, 2, 3 }), Cancel);

        await Assert.ThrowsAsync<LogPoisonedException>(async () => await log.AppendAsync(3, new(new byte[] { 4 }), Cancel));

        await Assert.ThrowsAsync<LogPoisonedException>(async () => await log.AppendAsync(3, new(new byte[] { 4 }), Cancel));
        await Assert.ThrowsAsync<LogPoisonedException>(async () => await log.SealAsync(3, Cancel));
        await log.DisposeAsync();
        await using var again = await store.OpenLogAsync("wal/a.log", Cancel);
        await Assert.ThrowsAsync<LogPoisonedException>(async () => await again.AppendAsync(4, new(new byte[] { 5 }), Cancel));
        Assert.Equal(2, syncs);
        var buffer = new byte[3];
        Assert.Equal(3, await again.ReadAsync(0, buffer, Cancel));
        Assert.Equal([1, 2, 3], buffer);
    }

    [Fact]
    public async Task A_log_is_filled_ahead_so_that_an_append_changes_no_length()
    {
        await using var store = FileSystemObjectStore.Open(folder.FullName);
        await using var log = (FileAppendLog)await store.CreateLogAsync("wal/a.log", Cancel);
        var file = Path.Combine(folder.FullName, "wal", "a.log");
        Assert.Equal(1 << 20, new FileInfo(file).Length);

        await log.AppendAsync(0, new(new byte[400_000]), Cancel);
        await log.FillingAhead;
        Assert.Equal(1 << 20, new FileInfo(file).Length);
        await log.AppendAsync(400_000, new(new byte[200_000]), Cancel);
        await log.FillingAhead;
        Assert.Equal(2 << 20, new FileInfo(file).Length);
        await log.AppendAsync(600_000, new(Encoding.ASCII.GetBytes("x")), Cancel);
        Assert.Equal(2 << 20, new FileInfo(file).Length);
    }

    [Fact]
    public async Task A_log_grows_ahead_by_8_MiB_at_most_and_is_cut_to_its_content_at_the_end()
    {
        await using var store = FileSystemObjectStore.Open(folder.FullName);
        await using var log = (FileAppendLog)await store.CreateLogAsync("wal/a.log", Cancel);
        var position = 0L;
        for (var i = 0; i < 24; i++, position += 1 << 20)
        {
            await log.AppendAsync(position, new(new byte[1 << 20]), Cancel);
            Assert.InRange(await log.GetLengthAsync(Cancel), position + (1 << 20), position + (14 << 20));
        }

        await log.SealAsync(position, Cancel); // also while it is being filled
        await log.FillingAhead;
        Assert.Equal(position, await log.GetLengthAsync(Cancel));
    }

    [Fact]
    public async Task An_append_of_one_segment_allocates_nothing()
    {
        await using var store = FileSystemObjectStore.Open(folder.FullName);
        await using var log = await store.CreateLogAsync("wal/a.log", Cancel);
        var record = new ReadOnlySequence<byte>(new byte[2048]);

        // The first ones load code.
        Append(log, record, from: 0, count: 20);
        var allocated = Append(log, record, from: 20, count: 100);

        Assert.Equal(0, allocated);
    }

    private static long Append(IAppendLog log, ReadOnlySequence<byte> record, int from, int count)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var number = from; number < from + count; number++)
        {
            var append = log.AppendAsync(number * record.Length, record, CancellationToken.None);
            Assert.True(append.IsCompletedSuccessfully);
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    [Fact]
    public async Task A_folder_that_is_closed_is_unavailable_whatever_is_asked_of_it()
    {
        var store = FileSystemObjectStore.Open(folder.FullName);
        var log = await store.CreateLogAsync("wal/a.log", Cancel);
        await log.AppendAsync(0, new(new byte[10]), Cancel);
        await store.DisposeAsync();

        await Assert.ThrowsAnyAsync<StoreUnavailableException>(async () => await log.AppendAsync(10, new(new byte[10]), Cancel));
        await Assert.ThrowsAnyAsync<StoreUnavailableException>(async () => await log.ReadAsync(0, new byte[10], Cancel));
        await Assert.ThrowsAnyAsync<StoreUnavailableException>(async () => await log.GetLengthAsync(Cancel));
        await Assert.ThrowsAnyAsync<StoreUnavailableException>(async () => await store.OpenLogAsync("wal/a.log", Cancel));
        await Assert.ThrowsAnyAsync<StoreUnavailableException>(async () => await store.WriteValueAsync("v", new byte[1], null, Cancel));
        await Assert.ThrowsAnyAsync<StoreUnavailableException>(async () => await store.OpenReadAsync("wal/a.log", 0, 10, Cancel));
        await log.DisposeAsync();
        Assert.False(File.Exists(Path.Combine(folder.FullName, "v")));
    }

    private string[] TemporaryFiles() => Directory.GetFiles(Path.Combine(folder.FullName, "~tmp"));
}
