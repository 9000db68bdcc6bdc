using System.Globalization;
using OrleansMail.Benchmarks.Reports;

namespace OrleansMail.Benchmarks.Compare;

/// <summary>A comparison as a section of Markdown.</summary>
internal static class Report
{
    public static string Describe(Machine machine, int rounds, IReadOnlyList<ScenarioResult> results)
    {
        var text = new Markdown();
        text.Line($"### Comparison, {machine.Date}");
        text.Line();
        text.Line($"{machine}. Medians of {rounds} interleaved rounds.");
        foreach (var result in results)
            Describe(text, result);
        return text.ToString();
    }

    private static void Describe(Markdown text, ScenarioResult result)
    {
        text.Line();
        text.Line($"#### {result.Title}");
        text.Line();
        text.Line($"{result.Load}.");
        text.Line();
        text.Line($"| server | msg/s (slowest–fastest round) | × Postfix | × sink | CPU µs/msg | ÷ Postfix | ÷ sink | p50 / p99 ms, dot to 250 | failed | cores taken by others |");
        text.Line($"| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
        foreach (var row in result.Rows)
            text.Line($"| {row.Name} | {row.MessagesPerSecond:N0} ({row.Slowest:N0}–{row.Fastest:N0}) | {Ratio(result, row, "Postfix", r => r.MessagesPerSecond)} | {Ratio(result, row, "bare sink", r => r.MessagesPerSecond)} | {row.CpuMicroseconds:N0} | {Ratio(result, row, "Postfix", r => r.CpuMicroseconds)} | {Ratio(result, row, "bare sink", r => r.CpuMicroseconds)} | {row.ReplyP50Ms:N2} / {row.ReplyP99Ms:N2} | {row.Failed} | {row.Others * 100:0} % |");
        text.Line();
        Goal.Write(text, result.Goals);
        text.Line();
        foreach (var (name, setup) in result.Rows.Select(row => (row.Name, row.Setup)))
            text.Line($"- {name}: {setup}");
        foreach (var (name, reason) in result.LeftOut)
            text.Line($"- {name}: left out: {reason}");
    }

    private static string Ratio(ScenarioResult result, Row row, string baseline, Func<Row, double> figure)
    {
        var to = result.Rows.FirstOrDefault(other => other.Name == baseline);
        return to is null || figure(to) == 0 ? "–" : (figure(row) / figure(to)).ToString("0.00", CultureInfo.InvariantCulture);
    }
}
