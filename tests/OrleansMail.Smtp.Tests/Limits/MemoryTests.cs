using System.IO.Pipelines;
using OrleansMail.Smtp.Limits;
using OrleansMail.Testing.Smtp;

namespace OrleansMail.Smtp.Tests.Limits;

/// <summary>Managed octets that sessions keep, between collections. Nothing else runs meanwhile.</summary>
[Collection(nameof(MemoryTests))]
public sealed class MemoryTests
{
    private const int Idle = 2000;
    private const int Busy = 20;
    private const int Kilo = 1024;

    // What the two pipes of a conversation hold when nobody takes anything: 64 KiB each, and what is written beyond before a writer waits.
    private const int Pipes = 2 * (64 + 8) * Kilo;

    private static readonly string LongestPath = $"{new string('l', 64)}@{string.Join('.', Enumerable.Repeat(new string('d', 36), 5))}.test";

    [Fact]
    public async Task An_idle_session_after_EHLO_keeps_no_more_than_3_KiB()
    {
        await using var engine = new Engine();
        var clients = new List<Conversation>(Idle);
        var pipes = new List<Pipe>(2 * Idle);
        await MeasureAsync(static () => Task.CompletedTask); // what is made once
        await (await Conversation.GreetAsync(engine.Server)).DisposeAsync();
        var alone = await MeasureAsync(async () =>
        {
            while (pipes.Count < 2 * Idle)
                pipes.Add(await UsedPipeAsync());
        });
        var together = await MeasureAsync(async () =>
        {
            while (clients.Count < Idle)
                clients.Add(await Conversation.GreetAsync(engine.Server));
        });

        Assert.InRange(Told("An idle session", (together - alone) / Idle), 300, 3 * Kilo);
        GC.KeepAlive(pipes);
        foreach (var client in clients)
            await client.DisposeAsync();
    }

    [Theory, InlineData("line"), InlineData("commands"), InlineData("data"), InlineData("dots"), InlineData("refused recipients")]
    public async Task Whatever_a_client_sends_its_session_keeps_no_more_than_the_bound(string kind)
    {
        await using var engine = new Engine(static options => (options.MaxCommandsWithoutTransaction, options.MaxErrors, options.MaxUnknownRecipients) = (0, 0, 0));
        var gate = new TaskCompletionSource();
        engine.Delivery.Keeps = false;
        if (kind == "data")
            engine.Delivery.OnWrite = async _ => await gate.Task;
        var clients = new List<Conversation>(Busy);
        while (clients.Count < Busy)
            clients.Add(await Conversation.GreetAsync(engine.Server));
        foreach (var client in clients)
            await PrepareAsync(client, kind);
        var text = Text(kind);
        var kept = await MeasureAsync(() => Task.WhenAll(clients.Select(client => FloodAsync(client, text))));

        Assert.InRange(Told(kind, kept / Busy), long.MinValue, Pipes + 48 * Kilo); // a batch of replies, a buffer without dots, a long line
        gate.SetResult();
        await EndAsync(clients);
    }

    [Fact]
    public async Task A_thousand_of_the_longest_recipients_take_little_more_than_their_text()
    {
        await using var engine = new Engine();
        engine.Delivery.OnRecipient = (_, _) => new(RecipientDecision.Accept(engine.Delivery.Sink(0)));
        await using var client = await Conversation.GreetAsync(engine.Server);
        await client.AskAsync("MAIL FROM:<>");
        var kept = await MeasureAsync(async () =>
        {
            for (var i = 0; i < 1000; i++)
                Assert.StartsWith("250", await client.AskAsync($"RCPT TO:<{LongestPath}>"));
        });

        Assert.Equal(255 - 1, LongestPath.Length);
        Assert.InRange(Told("The recipients", kept), 900 * Kilo, 1500 * Kilo);
    }

    [Fact]
    public void A_refusal_that_nobody_hears_of_allocates_nothing()
    {
        var server = new Engine().Server;
        var context = new SmtpSessionContext { Id = "1", HostName = "mx" };
        var reply = new SmtpReply(550, new(5, 1, 1), "no");
        Decide();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
            Decide();

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        void Decide()
        {
            var began = server.Decisions.Begin();
            server.Decisions.Count(reply, SmtpReasons.Of(reply));
            server.Decisions.Tell(context, null, SmtpStage.Recipient, SmtpPath.Null, reply, SmtpReasons.Of(reply), began);
        }
    }

    private static long Told(string what, long octets)
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"{what}: {octets} octets");
        return octets;
    }

    private static async Task<long> MeasureAsync(Func<Task> work)
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        await work();
        return GC.GetTotalMemory(forceFullCollection: true) - before;
    }

    private static async Task<Pipe> UsedPipeAsync()
    {
        var pipe = new Pipe();
        await pipe.Writer.WriteAsync("250 2.0.0 Ok\r\n"u8.ToArray());
        pipe.Reader.AdvanceTo((await pipe.Reader.ReadAsync()).Buffer.End);
        var waits = pipe.Reader.ReadAsync();
        Assert.False(waits.IsCompleted);
        return pipe;
    }

    private static async Task PrepareAsync(Conversation client, string kind)
    {
        if (kind is "data" or "dots")
            await client.BeginDataAsync();
        else if (kind == "refused recipients")
            await client.AskAsync("MAIL FROM:<>");
    }

    private static string Text(string kind) => kind switch
    {
        "line" => new string('x', 16 * Kilo),
        "commands" => string.Concat(Enumerable.Repeat("NOOP\r\n", 2000)),
        "data" => "Subject: x\r\n" + new string('x', 16 * Kilo),
        "dots" => "Subject: x\r\n" + string.Concat(Enumerable.Repeat("..\r\n", 4000)),
        _ => string.Concat(Enumerable.Repeat($"RCPT TO:<{LongestPath}>\r\n", 60)),
    };

    // Until the session takes no more, or a megabyte went in.
    private static async Task FloodAsync(Conversation client, string text)
    {
        for (var sent = 0; sent < Kilo * Kilo; sent += text.Length)
        {
            var send = client.SendAsync(text);
            if (await Task.WhenAny(send, Task.Delay(200)) != send)
                return;
        }
    }

    private static async Task EndAsync(List<Conversation> clients)
    {
        foreach (var client in clients)
        {
            client.Hangup();
            await client.ReadToEndAsync();
            await client.DisposeAsync();
        }
    }
}

/// <summary>Runs alone: what others allocate would be measured.</summary>
[CollectionDefinition(nameof(MemoryTests), DisableParallelization = true)]
public sealed class MemoryGroup;
