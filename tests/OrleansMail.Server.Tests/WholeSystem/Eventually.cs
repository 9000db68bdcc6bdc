using System.Diagnostics;

namespace OrleansMail.Server.Tests.WholeSystem;

/// <summary>Asks again until something is so: for what another process does at a time of its own and tells nobody.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan AtMost = TimeSpan.FromSeconds(30);

    public static async Task TrueAsync(Func<Task<bool>> condition, string expectation)
    {
        var started = Stopwatch.StartNew();
        while (!await condition())
        {
            Assert.True(started.Elapsed < AtMost, $"Not within {AtMost}: {expectation}");
            await Task.Delay(Interval);
        }
    }
}
