using System.Diagnostics;
using OrleansMail.Storage.Tests.Crash;
using OrleansMail.Testing.Processes;

namespace OrleansMail.Storage.Tests.Faults;

/// <summary>The calls by which a process writes a real folder fail in the kernel's interface: strace has them answer EIO or ENOSPC, a limit of files EFBIG.</summary>
public sealed class FailingFolderTests
{
    private const string Strace = "/usr/bin/strace";
    private static readonly HashSet<string> Writes = ["pwrite64", "pwritev", "fdatasync", "fsync", "ftruncate"];

    [Theory]
    [InlineData("fdatasync:error=EIO:when=3")]
    [InlineData("fdatasync:error=EIO:when=10")]
    [InlineData("pwrite64,pwritev:error=EIO:when=10")]
    public async Task A_log_whose_write_or_sync_failed_is_never_written_again_and_mail_goes_on_in_another(string fault)
    {
        using var folder = new TemporaryFolder();
        var (run, calls) = await TraceAsync(folder, fault);

        Assert.NotEmpty(run.Refusals);
        Assert.True(run.AcknowledgedBehind >= 100, $"{run.AcknowledgedBehind} acknowledged behind the first refusal");
        var failed = calls.FindIndex(static c => c.HasFailed && c.IsOfLog);
        Assert.True(failed >= 0, "No write of a log failed.");
        Assert.DoesNotContain(calls.Skip(failed + 1), c => c.Path == calls[failed].Path && Writes.Contains(c.Name));
        Assert.Contains(calls.Skip(failed + 1), c => c.Path != calls[failed].Path && c.IsOfLog && c.Name == "fdatasync");
        await run.CheckAsync(DataOf(folder));
    }

    /// <summary>A volume that allocates late tells so at a write into what seemed to be there, or at the sync.</summary>
    [Theory]
    [InlineData("pwrite64,pwritev:error=ENOSPC:when=10")]
    [InlineData("fdatasync:error=ENOSPC:when=10")]
    [InlineData("fdatasync:error=EDQUOT:when=10+20")]
    public async Task A_batch_that_finds_no_room_in_the_middle_is_refused_and_mail_goes_on(string fault)
    {
        using var folder = new TemporaryFolder();
        var (run, calls) = await TraceAsync(folder, fault);

        Assert.NotEmpty(run.Refusals);
        Assert.True(run.AcknowledgedBehind >= 100, $"{run.AcknowledgedBehind} acknowledged behind the first refusal");
        Assert.Contains(calls, static c => c.HasFailed && c.IsOfLog);
        await run.CheckAsync(DataOf(folder));
    }

    /// <summary>Those of values, packs and directories.</summary>
    [Fact]
    public async Task Syncs_that_fail_again_and_again_beside_the_logs_lose_nothing()
    {
        using var folder = new TemporaryFolder();
        var (run, calls) = await TraceAsync(folder, "fsync:error=EIO:when=12+7");

        Assert.Contains(calls, static c => c.HasFailed);
        Assert.True(run.Acknowledged.Count >= 100, $"{run.Acknowledged.Count} acknowledged");
        await run.CheckAsync(DataOf(folder));
    }

    [Fact]
    public async Task A_log_that_may_grow_no_more_is_left_for_another()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Needs a limit of the size of files.");
        using var folder = new TemporaryFolder();

        // In blocks of 512 octets: more than a log takes at once, and less than it would have at its end.
        var run = await CrashHostRun.RunAsync("sh", ["-c", "trap '' XFSZ; ulimit -f 3000; exec \"$@\"", "sh"], folder.Path, "mail", "100", "20000");

        Assert.NotEmpty(run.Refusals);
        Assert.True(run.AcknowledgedBehind >= 100, $"{run.AcknowledgedBehind} acknowledged behind the first refusal");
        await run.CheckAsync(folder.Path);
    }

    private static string DataOf(TemporaryFolder folder) => Path.Combine(folder.Path, "data");

    private static async Task<(CrashHostRun Run, List<SystemCall> Calls)> TraceAsync(TemporaryFolder folder, string fault)
    {
        var trace = Path.Combine(folder.Path, "trace");
        Assert.SkipUnless(await IsThereAsync(), "strace is not installed, or may not trace.");
        string[] arguments = ["-f", "-y", "-qq", "-o", trace, "-e", $"trace={string.Join(',', Writes)}", "-e", $"inject={fault}"];
        var run = await CrashHostRun.RunAsync(Strace, arguments, DataOf(folder), "mail", "100", "10");
        return (run, SystemCallTrace.Read(trace));
    }

    private static async Task<bool> IsThereAsync()
    {
        if (!File.Exists(Strace))
            return false;
        using var process = Process.Start(new ProcessStartInfo(Strace, ["-qq", "-o", "/dev/null", "true"]) { RedirectStandardError = true })!;
        await process.WaitForExitAsync();
        return process.ExitCode == 0;
    }
}
