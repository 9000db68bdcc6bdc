using System.Globalization;

namespace OrleansMail.Benchmarks.Compare;

/// <summary>What all programs of the machine together do, from <c>/proc/stat</c>.</summary>
internal static class Cores
{
    // The kernel's USER_HZ, 100 in every Linux ABI in use.
    private const double TicksPerSecond = 100;

    private const double Quiet = 0.1;
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    /// <summary>Waits until the cores were at least 90 % idle for a second, but not longer than <paramref name="atMost"/>.</summary>
    public static async Task WaitUntilQuietAsync(TimeSpan atMost, CancellationToken cancellationToken)
    {
        for (var waited = TimeSpan.Zero; waited < atMost; waited += Look)
        {
            var before = BusySeconds();
            await Task.Delay(Look, cancellationToken);
            if (BusySeconds() - before < Quiet * Look.TotalSeconds * Environment.ProcessorCount)
                return;
        }
    }

    /// <summary>Seconds that the cores together were busy since the machine started; time stolen by a hypervisor counts, waiting for disks does not.</summary>
    public static double BusySeconds()
    {
        // cpu user nice system idle iowait irq softirq steal guest guest_nice (proc(5)); guest time is in user time already.
        var fields = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        long Field(int index) => long.Parse(fields[index], CultureInfo.InvariantCulture);
        return (Field(1) + Field(2) + Field(3) + Field(6) + Field(7) + Field(8)) / TicksPerSecond;
    }
}
