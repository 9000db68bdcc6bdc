using System.Text;
using BenchmarkDotNet.Attributes;

namespace OrleansMail.Benchmarks.Parse;

/// <summary>What a whole transaction costs, by the size and kind of its content; the sink keeps nothing.</summary>
[MemoryDiagnoser]
public class DataBenchmarks : IAsyncDisposable
{
    private static readonly byte[] Envelope = "MAIL FROM:<sender@loadgen.test>\r\nRCPT TO:<ok1@example.test>\r\nDATA\r\n"u8.ToArray();
    private static readonly byte[] Small = Content(2048, "The quick brown fox jumps over the lazy dog, and the dog sleeps on all day.\r\n");
    private static readonly byte[] Large = Content(1 << 20, "The quick brown fox jumps over the lazy dog, and the dog sleeps on all day.\r\n");
    private static readonly byte[] Dots = Content(1 << 20, "..\r\n");

    private EngineClient _client = null!;

    [GlobalSetup]
    public Task OpenAsync() => (_client = new EngineClient()).OpenAsync();

    [GlobalCleanup]
    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Benchmark(Baseline = true, Description = "2 KB")]
    public Task SmallAsync() => SendAsync(Small);

    [Benchmark(Description = "1 MiB of text")]
    public Task LargeAsync() => SendAsync(Large);

    [Benchmark(Description = "1 MiB of stuffed dots")]
    public Task DotsAsync() => SendAsync(Dots);

    private async Task SendAsync(byte[] content)
    {
        await _client.ExchangeAsync(Envelope, 3);
        await _client.ExchangeAsync(content, 1);
    }

    private static byte[] Content(int size, string line) =>
        Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(line, size / line.Length)) + ".\r\n");
}
