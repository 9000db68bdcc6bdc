using System.Text;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using OrleansMail.Benchmarks.Parse;
using OrleansMail.Smtp;

namespace OrleansMail.Benchmarks.Micro;

/// <summary>A command line through the whole loop: read, found, parsed, decided, answered. Figures are per line, a session's own start and end spread over them.</summary>
[MemoryDiagnoser, GroupBenchmarksBy(BenchmarkLogicalGroupRule.ByCategory), CategoriesColumn]
public class SessionBenchmarks : IAsyncDisposable
{
    private const int PerBlock = 30;
    private const int Blocks = 400;
    private const int Lines = PerBlock * Blocks;

    private const int ShortestReply = 12;

    private static readonly byte[] Opening = "EHLO bench.test\r\n"u8.ToArray();
    private static readonly byte[] Noops = Repeat("NOOP\r\n", PerBlock);
    private static readonly byte[] Envelopes = Repeat("MAIL FROM:<sender@loadgen.test>\r\nRCPT TO:<ok1@example.test>\r\nRSET\r\n", PerBlock / 3);
    private static readonly byte[] Recipients = Repeat("RCPT TO:<ok1@example.test>\r\n", PerBlock);
    private static readonly byte[] Sender = "EHLO bench.test\r\nMAIL FROM:<sender@loadgen.test>\r\n"u8.ToArray();

    private readonly ScriptedTransport _transport = new();
    private readonly SmtpServer _server = new(new SmtpServerOptions { HostName = "bench.test", MaxRecipients = int.MaxValue, MaxCommandsWithoutTransaction = 0 }, new NullDelivery());

    [Benchmark(Baseline = true, OperationsPerInvoke = Lines, Description = "naive strings"), BenchmarkCategory("NOOP")]
    public Task NaiveNoopAsync() => NaiveAsync(Opening, Noops);

    [Benchmark(OperationsPerInvoke = Lines, Description = "OrleansMail"), BenchmarkCategory("NOOP")]
    public Task NoopAsync() => EngineAsync(Opening, Noops);

    [Benchmark(Baseline = true, OperationsPerInvoke = Lines, Description = "naive strings"), BenchmarkCategory("MAIL, RCPT, RSET")]
    public Task NaiveEnvelopeAsync() => NaiveAsync(Opening, Envelopes);

    [Benchmark(OperationsPerInvoke = Lines, Description = "OrleansMail"), BenchmarkCategory("MAIL, RCPT, RSET")]
    public Task EnvelopeAsync() => EngineAsync(Opening, Envelopes);

    [Benchmark(Baseline = true, OperationsPerInvoke = Lines, Description = "naive strings"), BenchmarkCategory("RCPT")]
    public Task NaiveRecipientAsync() => NaiveAsync(Sender, Recipients);

    [Benchmark(OperationsPerInvoke = Lines, Description = "OrleansMail"), BenchmarkCategory("RCPT")]
    public Task RecipientAsync() => EngineAsync(Sender, Recipients);

    [GlobalCleanup]
    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private Task NaiveAsync(byte[] opening, byte[] block)
    {
        _transport.Play(opening, block, Blocks);
        return new NaiveSession(_transport).RunAsync();
    }

    private async Task EngineAsync(byte[] opening, byte[] block)
    {
        _transport.Play(opening, block, Blocks);
        await _server.RunAsync(_transport);
        if (_transport.Answered < Lines * ShortestReply)
            throw new InvalidOperationException("A limit ended the session before its last line.");
    }

    private static byte[] Repeat(string text, int times) => Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(text, times)));
}
