using OrleansMail.Server.Tests.WholeSystem;
using OrleansMail.Testing.Processes;

namespace OrleansMail.Server.Tests.Hosting;

/// <summary>A disk without room is told when the server starts, not only when mail comes.</summary>
public sealed class FullStoreTests
{
    [Fact]
    public async Task A_nearly_full_disk_is_told_at_the_start_and_one_with_room_is_not()
    {
        await using var disk = await SmallDisk.MountAsync(megabytes: 64, ballastMegabytes: 60);
        await using var server = await ServerProcess.StartAsync(new ServerSettings { DataFolder = disk.DataFolder });
        var warning = $"warning: {disk.DataFolder} is full or nearly full: mail is deferred with 452 4.3.1";
        await server.WaitForOutputAsync(warning);
        await server.StopAsync();

        disk.MakeRoom();
        await server.RestartAsync();

        Assert.DoesNotContain("warning:", server.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_full_disk_on_which_nothing_can_be_made_is_told_in_one_line()
    {
        await using var disk = await SmallDisk.MountAsync(megabytes: 1, ballastMegabytes: 1);

        var refused = await ServerProcess.RunToExitAsync(new ServerSettings { DataFolder = disk.DataFolder });

        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("no room", Assert.Single(refused.Output.Trim().Split('\n')), StringComparison.Ordinal);
    }
}
