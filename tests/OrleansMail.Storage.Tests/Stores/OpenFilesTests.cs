using OrleansMail.Storage.FileSystem;
using OrleansMail.Testing.Processes;

namespace OrleansMail.Storage.Tests.Stores;

/// <summary>Files that a folder keeps open to be read again.</summary>
public sealed class OpenFilesTests : IAsyncDisposable
{
    private const int MostOpen = 256;
    private readonly TemporaryFolder folder = new();
    private readonly FileSystemObjectStore store;

    public OpenFilesTests()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Open files are counted in /proc.");
        store = FileSystemObjectStore.Open(folder.Path);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        if (store is not null)
            await store.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task However_many_files_are_read_only_so_many_stay_open()
    {
        for (var i = 0; i < MostOpen + 100; i++)
        {
            await WriteAsync($"t/{i}", [(byte)i]);
            Assert.Equal([(byte)i], await ReadAsync($"t/{i}"));
        }

        Assert.Equal(MostOpen, Open("/t/").Count);
        Assert.Equal([0], await ReadAsync("t/0"));
    }

    [Fact]
    public async Task A_file_that_is_deleted_takes_no_room_once_its_readers_are_done()
    {
        await WriteAsync("t/o", [1, 2, 3]);
        await ReadAsync("t/o");
        var reader = await store.OpenReadAsync("t/o", 0, 3, Cancel);

        await store.DeleteAsync("t/o", null, Cancel);

        var octets = new byte[3];
        await reader.ReadExactlyAsync(octets, Cancel);
        Assert.Equal([1, 2, 3], octets);
        Assert.Single(Open("/t/o"));
        await reader.DisposeAsync();
        await reader.DisposeAsync();
        Assert.Empty(Open("/t/o"));
    }

    [Fact]
    public async Task A_store_that_is_closed_leaves_no_file_open()
    {
        await WriteAsync("t/o", [1]);
        await ReadAsync("t/o");

        await store.DisposeAsync();
        Assert.Empty(Open(""));
    }

    // Opening and deleting race: a reader that opened what was deleted then must not leave it to others.
    [Fact]
    public async Task What_is_deleted_while_it_is_opened_is_gone_for_the_next_reader()
    {
        await WriteAsync("t/o", [1]);
        using var files = new OpenFiles(10);
        using (files.Take("t/o", path =>
        {
            var handle = File.OpenHandle(Path.Combine(folder.Path, path));
            files.Forget(path);
            return handle;
        }))
        {
            Assert.Throws<FileNotFoundException>(() => files.Take("t/o", static _ => throw new FileNotFoundException()));
        }
    }

    private async Task WriteAsync(string path, byte[] content)
    {
        await using var writer = await store.CreateObjectAsync(path, Cancel);
        await writer.WriteAsync(content, Cancel);
        await writer.CommitAsync(Cancel);
    }

    private async Task<byte[]> ReadAsync(string path)
    {
        await using var stream = await store.OpenReadAsync(path, 0, long.MaxValue / 2, Cancel);
        using var content = new MemoryStream();
        await stream.CopyToAsync(content, Cancel);
        return content.ToArray();
    }

    private List<string> Open(string path) =>
        [.. new DirectoryInfo("/proc/self/fd").EnumerateFiles().Select(static f => f.LinkTarget).OfType<string>().Where(t => t.StartsWith(folder.Path + path, StringComparison.Ordinal))];
}
