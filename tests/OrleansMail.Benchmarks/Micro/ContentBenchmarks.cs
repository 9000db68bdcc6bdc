using System.Buffers;
using System.Text;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using MimeKit;
using OrleansMail.Smtp.Data;

namespace OrleansMail.Benchmarks.Micro;

/// <summary>Finding the end of data and dropping stuffed dots, over one MiB at a time; the engine reads it in pieces of 4 KiB, as a socket brings them.</summary>
[MemoryDiagnoser, GroupBenchmarksBy(BenchmarkLogicalGroupRule.ByCategory), CategoriesColumn, Config(typeof(ThroughputConfig))]
public class ContentBenchmarks
{
    /// <summary>Octets of content in each benchmark.</summary>
    internal const int Size = 1 << 20;

    private const int Piece = 4096;
    private const string Header = "From: a@b.test\r\nSubject: bench\r\n\r\n";
    private const string Prose = "The quick brown fox jumps over the lazy dog, and the dog sleeps on all day.\r\n";

    private static readonly byte[] Text = Content(Prose);
    private static readonly byte[] Base64 = Content(new string('A', 76) + "\r\n");
    private static readonly byte[] Dots = Content(string.Concat(Enumerable.Repeat(Prose, 9)) + ".." + Prose);
    private static readonly byte[] BareNewlines = Content(Prose.Replace("\r\n", "\n", StringComparison.Ordinal));

    private readonly byte[] _room = new byte[16 * 1024];

    [Benchmark(Baseline = true, Description = "naive strings"), BenchmarkCategory("text")]
    public Task<int> NaiveTextAsync() => NaiveAsync(Text);

    [Benchmark(Description = "MimeKit MimeReader"), BenchmarkCategory("text")]
    public void MimeKitText() => MimeKit(Text);

    [Benchmark(Description = "OrleansMail"), BenchmarkCategory("text")]
    public long ScanText() => Scan(Text);

    [Benchmark(Baseline = true, Description = "naive strings"), BenchmarkCategory("base64")]
    public Task<int> NaiveBase64Async() => NaiveAsync(Base64);

    [Benchmark(Description = "MimeKit MimeReader"), BenchmarkCategory("base64")]
    public void MimeKitBase64() => MimeKit(Base64);

    [Benchmark(Description = "OrleansMail"), BenchmarkCategory("base64")]
    public long ScanBase64() => Scan(Base64);

    [Benchmark(Baseline = true, Description = "naive strings"), BenchmarkCategory("a stuffed dot every 10th line")]
    public Task<int> NaiveDotsAsync() => NaiveAsync(Dots);

    [Benchmark(Description = "OrleansMail"), BenchmarkCategory("a stuffed dot every 10th line")]
    public long ScanDots() => Scan(Dots);

    [Benchmark(Baseline = true, Description = "naive strings"), BenchmarkCategory("bare newlines")]
    public Task<int> NaiveBareNewlinesAsync() => NaiveAsync(BareNewlines);

    [Benchmark(Description = "MimeKit MimeReader"), BenchmarkCategory("bare newlines")]
    public void MimeKitBareNewlines() => MimeKit(BareNewlines);

    [Benchmark(Description = "OrleansMail"), BenchmarkCategory("bare newlines")]
    public long ScanBareNewlines() => Scan(BareNewlines);

    private static Task<int> NaiveAsync(byte[] content) =>
        NaiveSession.ReadContentAsync(new StreamReader(new MemoryStream(content), Encoding.Latin1), new StringBuilder());

    private static void MimeKit(byte[] content) => new MimeReader(new MemoryStream(content)).ReadMessage();

    private long Scan(byte[] content)
    {
        var scanner = new DataScanner();
        var octets = 0L;
        var status = DataStatus.NeedMore;
        for (var at = 0L; status != DataStatus.End;)
        {
            var length = Math.Min(Piece, content.Length - at);
            var input = new ReadOnlySequence<byte>(content, (int)at, (int)length);
            status = scanner.Take(ref input, out var taken);
            octets += taken.Length;
            while (status == DataStatus.Partial)
            {
                status = scanner.Unstuff(ref input, _room, out var written);
                octets += written;
            }

            at += length - input.Length; // an undecided dot is given again
        }

        return octets;
    }

    private static byte[] Content(string lines) =>
        Encoding.ASCII.GetBytes((Header + string.Concat(Enumerable.Repeat(lines, Size / lines.Length + 1)))[..(Size - 5)] + "\r\n.\r\n");
}
