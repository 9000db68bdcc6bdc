using OrleansMail.Testing.Processes;

namespace OrleansMail.Server.Tests.WholeSystem;

/// <summary>A file system of a few megabytes, in memory, with a file on it that can be removed to make room.</summary>
internal sealed class SmallDisk : IAsyncDisposable
{
    private readonly TemporaryFolder folder = new();

    private SmallDisk()
    {
    }

    /// <summary>A folder on it.</summary>
    public string DataFolder => Path.Combine(folder.Path, "data");

    private string Ballast => folder.File("ballast");

    /// <summary>Mounts one; skips the calling test where that is not permitted.</summary>
    public static async Task<SmallDisk> MountAsync(int megabytes, int ballastMegabytes)
    {
        var mount = CommandRunner.Require("mount");
        var disk = new SmallDisk();
        var mounted = await CommandRunner.RunAsync(mount, ["-t", "tmpfs", "-o", $"size={megabytes}m", "tmpfs", disk.folder.Path]);
        if (mounted.ExitCode != 0)
        {
            disk.folder.Dispose();
            Assert.Skip($"Mounting a small disk is not permitted here: {mounted.Error.Trim()}");
        }

        await File.WriteAllBytesAsync(disk.Ballast, new byte[ballastMegabytes * 1024 * 1024]);
        return disk;
    }

    /// <summary>Removes the file that takes up room.</summary>
    public void MakeRoom() => File.Delete(Ballast);

    public async ValueTask DisposeAsync()
    {
        (await CommandRunner.RunAsync(CommandRunner.Find("umount")!, ["-l", folder.Path])).EnsureSuccess();
        folder.Dispose();
    }
}
