using System.Text;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using OrleansMail.Smtp.Addresses;
using OrleansMail.Smtp.Commands;

namespace OrleansMail.Benchmarks.Micro;

/// <summary>The pure functions of a command line alone: its verb in the table, the path behind it.</summary>
[MemoryDiagnoser, GroupBenchmarksBy(BenchmarkLogicalGroupRule.ByCategory), CategoriesColumn]
public class LineBenchmarks
{
    private static readonly byte[] Line = "RCPT TO:<first.last@mail.example.test>"u8.ToArray();
    private static readonly CommandTable Table = new(new Dictionary<string, OrleansMail.Smtp.SmtpCommand>());

    [Benchmark(Baseline = true, Description = "naive strings"), BenchmarkCategory("verb")]
    public string NaiveVerb() => NaiveSession.Verb(Encoding.Latin1.GetString(Line));

    [Benchmark(Description = "OrleansMail"), BenchmarkCategory("verb")]
    public int Verb()
    {
        Table.Find(Line, out _, out var argument);
        return argument.Length;
    }

    [Benchmark(Baseline = true, Description = "naive strings"), BenchmarkCategory("path")]
    public string? NaivePath() => NaiveSession.Address(Encoding.Latin1.GetString(Line));

    [Benchmark(Description = "OrleansMail"), BenchmarkCategory("path")]
    public object? Path()
    {
        var text = Line.AsSpan(8);
        ReadOnlySpan<byte> path = text;
        return PathSyntax.TryTakeForward(ref path);
    }
}
