using System.Globalization;

namespace OrleansMail.Benchmarks.Compare;

/// <summary>CPU time of a process and everything it started, from <c>/proc</c>.</summary>
internal static class ProcessTree
{
    // The kernel's USER_HZ, 100 in every Linux ABI in use.
    private const double TicksPerSecond = 100;

    /// <summary>
    /// Seconds of user and system time of the process and its descendants, also of those that have ended and were waited for.
    /// Works in steps of 10 ms; work that the kernel does in its own threads (writing back, soft interrupts) is nobody's.
    /// </summary>
    public static double CpuSeconds(int root)
    {
        var all = Directory.EnumerateDirectories("/proc")
            .Where(path => char.IsAsciiDigit(Path.GetFileName(path)[0]))
            .Select(Read)
            .OfType<Sample>()
            .ToList();
        var children = all.ToLookup(process => process.Parent);
        var ticks = 0L;
        var open = new Stack<Sample>(all.Where(process => process.Id == root));
        while (open.TryPop(out var process))
        {
            ticks += process.Ticks;
            foreach (var child in children[process.Id])
                open.Push(child);
        }

        return ticks / TicksPerSecond;
    }

    private static Sample? Read(string path)
    {
        try
        {
            // The name may contain anything, also a parenthesis: the fields begin behind the last one (proc(5)).
            var text = File.ReadAllText(Path.Combine(path, "stat"));
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            var ticks = fields[11..15].Sum(field => long.Parse(field, CultureInfo.InvariantCulture));
            return new Sample(int.Parse(Path.GetFileName(path), CultureInfo.InvariantCulture), int.Parse(fields[1], CultureInfo.InvariantCulture), ticks);
        }
        catch (IOException)
        {
            return null; // It ended meanwhile.
        }
    }

    private sealed record Sample(int Id, int Parent, long Ticks);
}
