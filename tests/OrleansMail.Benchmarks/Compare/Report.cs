using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using OrleansMail.Benchmarks.Load;

namespace OrleansMail.Benchmarks.Compare;

/// <summary>A comparison as a section of Markdown: a table for people, the same as JSON for programs.</summary>
internal sealed class Report(Machine machine, LoadOptions load, int rounds, IReadOnlyList<Contestant> contestants)
{
    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly Row[] _rows = [.. contestants.Where(contestant => contestant.Samples.Count > 0).Select(Row.Of)];

    /// <inheritdoc/>
    public override string ToString()
    {
        var text = new StringBuilder();
        Line(text, $"### {machine.Date}");
        Line(text, $"");
        Line(text, $"{machine}. {load.Size:N0} octets, {load.Connections} connections, {load.Recipients} recipient(s) of {load.Mailboxes} mailboxes, pipelining {(load.Pipelining ? "on" : "off")},");
        Line(text, $"{load.MessagesPerConnection} messages per connection; medians of {rounds} interleaved rounds of {load.Duration.TotalSeconds:0.#} s.");
        Line(text, $"");
        Line(text, $"| server | msg/s (slowest–fastest round) | × Postfix | × sink | CPU µs/msg | ÷ Postfix | p50 / p99 ms, dot to 250 | failed | cores taken by others |");
        Line(text, $"| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
        foreach (var row in _rows)
            Line(text, $"| {row.Name} | {row.MessagesPerSecond:N0} ({row.Slowest:N0}–{row.Fastest:N0}) | {Ratio(row, "Postfix", r => r.MessagesPerSecond)} | {Ratio(row, "bare sink", r => r.MessagesPerSecond)} | {row.CpuMicroseconds:N0} | {Ratio(row, "Postfix", r => r.CpuMicroseconds)} | {row.ReplyP50Ms:N2} / {row.ReplyP99Ms:N2} | {row.Failed} | {row.Others * 100:0} % |");
        Line(text, $"");
        foreach (var contestant in contestants)
            Line(text, $"- {contestant.Name}: {(contestant.Missing is { } reason ? $"left out: {reason}" : contestant.Setup)}");
        Line(text, $"");
        Line(text, $"```json");
        Line(text, $"{JsonSerializer.Serialize(new { machine, rounds, load.Size, load.Connections, load.Recipients, load.Mailboxes, rows = _rows }, Web)}");
        Line(text, $"```");
        return text.ToString();
    }

    private string Ratio(Row row, string baseline, Func<Row, double> figure)
    {
        var to = _rows.FirstOrDefault(other => other.Name == baseline);
        return to is null || figure(to) == 0 ? "–" : (figure(row) / figure(to)).ToString("0.00", CultureInfo.InvariantCulture);
    }

    private static void Line(StringBuilder text, FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
