using System.Text.RegularExpressions;

namespace OrleansMail.Storage.Tests.Faults;

/// <summary>A call of a process that strace wrote down.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Path">The file of its first argument.</param>
/// <param name="Result">What it returned, and why; empty while another thread was traced.</param>
internal sealed record SystemCall(string Name, string Path, string Result)
{
    /// <summary>Whether strace had it fail.</summary>
    public bool HasFailed => Result.Contains("INJECTED", StringComparison.Ordinal);

    /// <summary>Whether the file is a partition's log.</summary>
    public bool IsOfLog => Path.EndsWith(".log", StringComparison.Ordinal);
}

/// <summary>What strace wrote: <c>-f -y</c>, calls that change a file.</summary>
internal static partial class SystemCallTrace
{
    /// <summary>The calls in order; of those that another thread came between, the place is where they began.</summary>
    public static List<SystemCall> Read(string file)
    {
        var calls = new List<SystemCall>();
        var open = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var line in File.ReadLines(file))
        {
            if (Call().Match(line) is { Success: true } call)
            {
                open[call.Groups["thread"].Value] = calls.Count;
                calls.Add(new SystemCall(call.Groups["name"].Value, call.Groups["path"].Value, call.Groups["result"].Value));
            }
            else if (Resumed().Match(line) is { Success: true } resumed && open.TryGetValue(resumed.Groups["thread"].Value, out var at) && calls[at].Name == resumed.Groups["name"].Value)
            {
                calls[at] = calls[at] with { Result = resumed.Groups["result"].Value };
            }
        }

        return calls;
    }

    [GeneratedRegex(@"^(?<thread>\d+)\s+(?<name>\w+)\(\d+<(?<path>[^>]*)>.*?(= (?<result>[^=]*))?$", RegexOptions.CultureInvariant)]
    private static partial Regex Call();

    [GeneratedRegex(@"^(?<thread>\d+)\s+<\.\.\. (?<name>\w+) resumed>.*= (?<result>[^=]*)$", RegexOptions.CultureInvariant)]
    private static partial Regex Resumed();
}
