using OrleansMail.Testing.Smtp;

namespace OrleansMail.Smtp.Tests;

/// <summary>Chunks as nobody honest sends them. Runs alone, because it watches the memory of the process.</summary>
[CollectionDefinition(nameof(ChunkAttackTests), DisableParallelization = true)]
[Collection(nameof(ChunkAttackTests))]
public sealed class ChunkAttackTests
{
    private const int Many = 100_000;
    private const int Batch = 200;

    [Theory, InlineData(int.MaxValue), InlineData(long.MaxValue)]
    public async Task A_chunk_that_only_declares_its_size_holds_nothing(long declared)
    {
        const int Sessions = 200;
        const int Allowed = 20_000; // of each session, pipes and the test's own side included
        await using var engine = new Engine(options => options.MaxMessageBytes = long.MaxValue);
        var clients = new List<Conversation>();
        for (var i = 0; i < Sessions; i++)
        {
            clients.Add(await Conversation.GreetAsync(engine.Server));
            await clients[i].BeginTransactionAsync();
        }

        var before = GC.GetTotalMemory(forceFullCollection: true);
        foreach (var client in clients)
            await client.SendAsync($"BDAT {declared}\r\n");
        while (engine.Delivery.OpenSinks < Sessions)
            await Task.Yield();
        var held = (GC.GetTotalMemory(forceFullCollection: true) - before) / Sessions;

        Assert.InRange(held, long.MinValue, Allowed);
        foreach (var client in clients)
            client.Hangup();
        foreach (var client in clients)
            await client.Completion;
        Assert.Equal(Sessions, engine.Delivery.Aborted);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task A_chunk_of_many_octets_is_passed_on_as_it_comes(bool inTransaction)
    {
        const long Size = 256L * 1024 * 1024;
        const long Allowed = 8L * 1024 * 1024; // what one piece takes in the pipe, twice over, and the test's own
        await using var engine = new Engine(options => options.MaxMessageBytes = Size);
        engine.Delivery.Keeps = false;
        await using var client = await Conversation.GreetAsync(engine.Server);
        if (inTransaction)
            await client.BeginTransactionAsync();
        var piece = new string('x', 1024 * 1024);
        var idle = GC.GetTotalMemory(forceFullCollection: true);
        await client.SendAsync($"BDAT {Size}\r\n");
        for (var sent = 0L; sent < Size; sent += piece.Length)
        {
            await client.SendAsync(piece);
            if (sent % (64 * piece.Length) == 0)
                Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - idle, long.MinValue, Allowed);
        }

        Assert.StartsWith(inTransaction ? "250" : "503", await client.ReadReplyAsync());
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - idle, long.MinValue, Allowed);
    }

    [Fact]
    public async Task A_hundred_thousand_chunks_of_one_octet_cost_each_the_same_and_keep_nothing()
    {
        await using var engine = new Engine();
        engine.Delivery.Keeps = false;
        await using var client = await Conversation.GreetAsync(engine.Server);
        await client.BeginTransactionAsync();
        await client.SendChunkAsync("Subject: x\r\n\r\n");
        var batch = string.Concat(Enumerable.Repeat("BDAT 1\r\nx", Batch));
        await SendBatchAsync(client, batch);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var sent = Batch; sent < Many; sent += Batch)
            await SendBatchAsync(client, batch);

        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 1024 * 1024);
        Assert.StartsWith("250", await client.SendChunkAsync("", last: true));
        Assert.Single(engine.Delivery.Messages);
    }

    [Fact]
    public async Task Silence_in_a_chunk_ends_the_session_and_aborts_the_sink()
    {
        await using var engine = new Engine();
        await using var client = await Conversation.GreetAsync(engine.Server);
        await client.BeginTransactionAsync();
        await client.SendAsync("BDAT 100\r\nSubject: half");
        var reply = client.ReadReplyAsync();
        var moved = await engine.AdvanceUntilAsync(reply, TimeSpan.FromMinutes(4));

        Assert.True(reply.IsCompleted, "No reply in time.");
        Assert.StartsWith("421 4.4.2", await reply);
        Assert.InRange(moved, TimeSpan.FromMinutes(3) - TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(3) + TimeSpan.FromSeconds(5));
        await client.Completion;
        Assert.Equal((1, 0), (engine.Delivery.Aborted, engine.Delivery.OpenSinks));
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task A_chunk_that_trickles_in_is_bounded_by_the_transaction_time_also_where_there_is_no_transaction(bool inTransaction)
    {
        await using var engine = new Engine(static options => options.MinDataRate = 0);
        await using var client = await Conversation.GreetAsync(engine.Server);
        if (inTransaction)
            await client.BeginTransactionAsync();
        await client.SendAsync("BDAT 1000000\r\n");
        var reply = client.ReadReplyAsync();
        var moved = TimeSpan.Zero;
        while (!reply.IsCompleted && moved < TimeSpan.FromHours(1))
        {
            await client.SendAsync("x");
            moved += await engine.AdvanceUntilAsync(reply, TimeSpan.FromSeconds(150));
        }

        Assert.True(reply.IsCompleted, "No reply in time.");
        Assert.StartsWith("421 4.4.2", await reply);
        Assert.InRange(moved, TimeSpan.FromMinutes(29), TimeSpan.FromMinutes(31));
    }

    [Fact]
    public async Task What_was_discarded_outside_a_transaction_leaves_no_time_running()
    {
        await using var engine = new Engine();
        await using var client = await Conversation.GreetAsync(engine.Server);
        await client.SendAsync("BDAT 100\r\n");
        await engine.AdvanceUntilAsync(client.Completion, TimeSpan.FromSeconds(10));
        await client.SendAsync(new string('x', 100));
        Assert.Equal("503 5.5.1 Must have valid receiver and originator", await client.ReadReplyAsync());

        for (var i = 0; i < 10; i++)
        {
            await engine.AdvanceUntilAsync(client.Completion, TimeSpan.FromMinutes(4));
            Assert.StartsWith("250", await client.AskAsync("NOOP"));
        }
    }

    [Fact]
    public async Task Silence_between_chunks_is_bounded_by_the_command_time()
    {
        await using var engine = new Engine();
        await using var client = await Conversation.GreetAsync(engine.Server);
        await client.BeginTransactionAsync();
        await client.SendChunkAsync("Subject: half");
        var reply = client.ReadReplyAsync();
        var moved = await engine.AdvanceUntilAsync(reply, TimeSpan.FromMinutes(6));

        Assert.StartsWith("421 4.4.2", await reply);
        Assert.InRange(moved, TimeSpan.FromMinutes(5) - TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5) + TimeSpan.FromSeconds(5));
        await client.Completion;
        Assert.Equal((1, 0), (engine.Delivery.Aborted, engine.Delivery.OpenSinks));
    }

    [Fact]
    public async Task A_flood_of_chunks_outside_a_transaction_is_one_of_mistakes()
    {
        await using var engine = new Engine();
        await using var client = await Conversation.GreetAsync(engine.Server);
        var send = client.SendAsync(string.Concat(Enumerable.Repeat("BDAT 0\r\n", 100)));
        var replies = (await client.ReadToEndAsync()).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(Enumerable.Repeat("503", 20).Append("421"), replies.Select(reply => reply[..3]));
        await send;
    }

    private static async Task SendBatchAsync(Conversation client, string batch)
    {
        var send = client.SendAsync(batch);
        for (var i = 0; i < Batch; i++)
            Assert.Equal("250 2.0.0 1 octets received", await client.ReadReplyAsync());
        await send;
    }
}
