using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace OrleansMail.Benchmarks;

/// <summary>What must be known of a machine to read its figures, and nothing that names it.</summary>
internal sealed partial record Machine(string Date, int Cores, string Processor, int MemoryGiB, string Kernel, string FileSystem, string Runtime, double LoadAverage)
{
    /// <summary>Describes this machine; call it before the measure, so that the load average is that of others.</summary>
    /// <param name="folder">Where the servers keep their mail.</param>
    public static Machine Describe(string folder) => new(
        TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture),
        Environment.ProcessorCount,
        FirstMatch(ProcessorName(), "/proc/cpuinfo") ?? RuntimeInformation.ProcessArchitecture.ToString(),
        (int)Math.Round(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (1024.0 * 1024 * 1024)),
        "Linux " + VersionNumber().Match(Environment.OSVersion.VersionString).Value,
        new DriveInfo(folder).DriveFormat,
        RuntimeInformation.FrameworkDescription,
        double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture));

    /// <inheritdoc/>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Cores} cores ({Processor}), {MemoryGiB} GiB, {Kernel}, {FileSystem}, {Runtime}, load average {LoadAverage:0.0} before");

    private static string? FirstMatch(Regex pattern, string path) =>
        File.Exists(path) && pattern.Match(File.ReadAllText(path)) is { Success: true } match ? match.Groups[1].Value.Trim() : null;

    [GeneratedRegex(@"model name\s*:\s*(.+)")]
    private static partial Regex ProcessorName();

    [GeneratedRegex(@"\d+\.\d+")]
    private static partial Regex VersionNumber();
}
