using System.Text;
using BenchmarkDotNet.Attributes;

namespace OrleansMail.Benchmarks.Parse;

/// <summary>What a command line costs from its octets to the octets of its reply; figures are per line.</summary>
[MemoryDiagnoser]
public class CommandBenchmarks : IAsyncDisposable
{
    private const int Lines = 300;
    private static readonly byte[] Noops = Repeat("NOOP\r\n", Lines);
    private static readonly byte[] Envelopes = Repeat("MAIL FROM:<sender@loadgen.test> SIZE=2048 BODY=8BITMIME\r\nRCPT TO:<ok1@example.test>\r\nRSET\r\n", Lines / 3);
    private static readonly byte[] Recipients = Encoding.ASCII.GetBytes(
        "MAIL FROM:<sender@loadgen.test>\r\n" + string.Concat(Enumerable.Repeat("RCPT TO:<ok1@example.test>\r\n", Lines)) + "RSET\r\n");

    private EngineClient _client = null!;

    [GlobalSetup]
    public Task OpenAsync() => (_client = new EngineClient()).OpenAsync();

    [GlobalCleanup]
    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Lines)]
    public async Task NoopAsync() => await _client.ExchangeAsync(Noops, Lines);

    [Benchmark(OperationsPerInvoke = Lines)]
    public async Task MailRcptRsetAsync() => await _client.ExchangeAsync(Envelopes, Lines);

    [Benchmark(OperationsPerInvoke = Lines)]
    public async Task RcptAsync() => await _client.ExchangeAsync(Recipients, Lines + 2);

    private static byte[] Repeat(string text, int times) => Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(text, times)));
}
