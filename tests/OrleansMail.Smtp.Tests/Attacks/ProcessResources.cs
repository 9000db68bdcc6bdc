using System.Globalization;

namespace OrleansMail.Smtp.Tests.Attacks;

/// <summary>What an attack may use up in the process under test, which is the test's own.</summary>
internal static class ProcessResources
{
    /// <summary>Octets of managed memory that something still refers to.</summary>
    public static long Managed()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true);
    }

    /// <summary>Octets of memory of the whole process that are resident now.</summary>
    public static long Resident() => Environment.WorkingSet;

    /// <summary>Open files and sockets.</summary>
    public static int OpenFiles() => Directory.GetFileSystemEntries("/proc/self/fd").Length;

    /// <summary>Skips the test where the process may not open so many files.</summary>
    public static void RequireFiles(int count)
    {
        var line = File.ReadLines("/proc/self/limits").First(static line => line.StartsWith("Max open files", StringComparison.Ordinal));
        var soft = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[3];
        var allowed = soft == "unlimited" ? long.MaxValue : long.Parse(soft, CultureInfo.InvariantCulture);
        Assert.SkipWhen(allowed < count, $"{allowed} open files are allowed (ulimit -n), {count} are needed.");
    }

    /// <summary>Waits for something to become true.</summary>
    /// <exception cref="TimeoutException">It did not within half a minute.</exception>
    public static async Task UntilAsync(Func<bool> condition, string what)
    {
        var deadline = Environment.TickCount64 + 30_000;
        while (!condition())
        {
            if (Environment.TickCount64 > deadline)
                throw new TimeoutException(what);
            await Task.Delay(2);
        }
    }
}
