using OrleansMail.Benchmarks.Reports;

namespace OrleansMail.Benchmarks.Store;

/// <summary>The section of the verb <c>store</c>.</summary>
internal static class StoreReport
{
    public static string Describe(Machine machine, IReadOnlyList<Reading> readings, Recovery? recovery, MemoryUse? memory, Spreading? spread)
    {
        var text = new Markdown();
        text.Line($"### Store, {machine.Date}");
        text.Line();
        text.Line($"{machine}.");
        text.Line();
        text.Line($"| messages in the mailbox | open ms | reactivated ms, warm / cold | first page of 100, µs | any page of 100, µs | ratio | any page, index held, µs | head |");
        text.Line($"| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
        foreach (var r in readings)
            text.Line($"| {r.Messages:N0} | {r.OpenMs:N1} | {r.WarmMs:N1} / {r.ColdMs:N1} | {r.FirstPageUs:N0} | {r.AnyPageUs:N0} | {r.AnyPageUs / r.FirstPageUs:0.00} | {r.HeldPageUs:N0} | {r.HeadBytes:N0} B |");
        text.Line();
        if (recovery is not null)
            text.Line($"- Recovery of {recovery.LogBytes / 1e6:N0} MB of logs, {recovery.Records:N0} records: {recovery.Seconds:0.00} s.");
        if (memory is not null)
            text.Line($"- Memory over {memory.Messages:N0} messages of 2 KB, MB resident after each tenth: {string.Join(", ", memory.Samples)}; {memory.Growth:0.00} × from the third to the fifth to the last three.");
        if (spread is not null)
            text.Line($"- {spread.Messages:N0} messages of 2 KB a round: {spread.One:N0} a second into one mailbox, {spread.Many:N0} at random into 100,000 mailboxes of 10,000 domains: {spread.Many / spread.One:0.00} ×.");
        text.Line();
        Goal.Write(text, Goals(readings, recovery, memory, spread));
        return text.ToString();
    }

    private static List<Goal> Goals(IReadOnlyList<Reading> readings, Recovery? recovery, MemoryUse? memory, Spreading? spread)
    {
        var goals = new List<Goal>();
        foreach (var r in readings)
        {
            goals.Add(new($"{r.Messages:N0}: reactivation warm, ms", GoalBound.AtMost, 20, r.WarmMs));
            goals.Add(new($"{r.Messages:N0}: reactivation cold, ms", GoalBound.AtMost, 100, r.ColdMs));
            goals.Add(new($"{r.Messages:N0}: any page ÷ first page", GoalBound.AtMost, 1.25, r.AnyPageUs / r.FirstPageUs));
        }

        goals.Add(new("recovery of 256 MB, s", GoalBound.AtMost, 2, recovery?.Seconds));
        goals.Add(new("memory, end ÷ beginning", GoalBound.AtMost, 1.15, memory?.Growth));
        goals.Add(new("many mailboxes ÷ one", GoalBound.AtLeast, 0.7, spread?.Many / spread?.One));
        return goals;
    }
}
