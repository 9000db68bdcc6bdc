using System.Diagnostics;
using System.Text;
using OrleansMail.Benchmarks.Micro;
using OrleansMail.Testing.Smtp;

namespace OrleansMail.Smtp.Tests.Sessions;

/// <summary>What a command line allocates on its way through the whole loop, counted on the thread that runs it.</summary>
public sealed class SteadyPathTests
{
    private const int Few = 50;
    private const int Many = 850; // less than any limit on commands

    [Theory]
    [InlineData("NOOP\r\n", 0)]
    [InlineData("NOOP\r\nNOOP\r\nnoop with an argument\r\n", 0)]
    [InlineData("RSET\r\n", 0)]
    [InlineData("VRFY someone\r\n", 0)]
    public async Task A_line_without_a_path_allocates_nothing(string lines, long expected)
    {
        Assert.SkipWhen(IsDebugBuild(), "Only optimised code keeps its state machines off the heap.");
        await using var server = Create();
        await MeasureAsync(server, lines, Many); // compiled, and its static values made

        Assert.Equal(expected, await PerBlockAsync(server, lines));
    }

    [Fact]
    public async Task A_transaction_that_is_reset_allocates_what_it_keeps_and_no_more()
    {
        Assert.SkipWhen(IsDebugBuild(), "Only optimised code keeps its state machines off the heap.");
        await using var server = Create();
        const string Lines = "MAIL FROM:<c@d.test>\r\nRCPT TO:<ok@example.test>\r\nRSET\r\n";
        await MeasureAsync(server, Lines, Many / 3);

        // The transaction, its list, two paths of three strings, the recipient: not a line, a verb or a reply among them.
        Assert.InRange(await PerBlockAsync(server, Lines), 300, 900);
    }

    private static SmtpServer Create() => new(new SmtpServerOptions { HostName = "mx.test", MaxErrors = 0 }, new MemoryDelivery());

    private static bool IsDebugBuild() =>
        typeof(SmtpServer).Assembly.GetCustomAttributes(false).OfType<DebuggableAttribute>().Any(static one => one.IsJITOptimizerDisabled);

    private static async Task<long> PerBlockAsync(SmtpServer server, string block)
    {
        var few = await MeasureAsync(server, block, Few);
        var many = await MeasureAsync(server, block, Many / 3);
        return (many - few) / ((Many / 3) - Few);
    }

    // Nothing waits, so the session has run to its end on this thread when its task is returned.
    private static async Task<long> MeasureAsync(SmtpServer server, string block, int times)
    {
        var transport = new ScriptedTransport();
        transport.Play("EHLO a.test\r\n"u8.ToArray(), Encoding.ASCII.GetBytes(block), times);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var session = server.RunAsync(transport);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(session.IsCompletedSuccessfully);
        Assert.True(transport.Answered > times);
        await session;
        return allocated;
    }
}
