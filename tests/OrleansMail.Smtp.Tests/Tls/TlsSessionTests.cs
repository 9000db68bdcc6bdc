using System.Security.Authentication;
using System.Text;
using OrleansMail.Testing.Smtp;

namespace OrleansMail.Smtp.Tests.Tls;

public sealed class TlsSessionTests
{
    private const int Alert = 21; // RFC 5246 §6.2.1
    private const string Message = "Subject: x\r\n\r\nbody\r\n.\r\n";

    [Theory, InlineData(1), InlineData(7), InlineData(4096), InlineData(int.MaxValue)]
    public async Task Records_split_anywhere_on_the_wire_lose_nothing(int chunk)
    {
        await using var engine = new Engine(TestCertificate.OfferTls);
        await using var client = await TlsConversation.GreetAsync(engine.Server);
        client.Raw.ChunkSize = chunk;
        await client.BeginDataAsync();
        await client.SendAsync(Message);

        Assert.StartsWith("250", await client.ReadReplyAsync());
        Assert.Equal("Subject: x\r\n\r\nbody\r\n", Text.Of(Assert.Single(engine.Delivery.Messages).Content));
        Assert.StartsWith("221", await client.AskAsync("QUIT"));
    }

    [Fact]
    public async Task A_large_message_arrives_octet_for_octet()
    {
        var content = new byte[3_000_000];
        new Random(1).NextBytes(content);
        content.AsSpan().Replace((byte)'.', (byte)',');
        "Subject: large\r\n\r\n"u8.CopyTo(content);
        "\r\n"u8.CopyTo(content.AsSpan(content.Length - 2));
        await using var engine = new Engine(TestCertificate.OfferTls);
        await using var client = await TlsConversation.GreetAsync(engine.Server);
        await client.BeginDataAsync();
        for (var at = 0; at < content.Length;)
        {
            var count = Math.Min(content.Length - at, 1 + (at % 40_000));
            await client.SendAsync(content.AsMemory(at, count));
            at += count;
        }

        await client.SendAsync(".\r\n");
        Assert.StartsWith("250", await client.ReadReplyAsync());
        Assert.True(content.AsSpan().SequenceEqual(Assert.Single(engine.Delivery.Messages).Content));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_session_that_is_woken_at_every_octet_of_a_transaction_loses_nothing_and_ends_after_it()
    {
        await using var engine = new Engine(TestCertificate.OfferTls);
        await using var client = await TlsConversation.GreetAsync(engine.Server);
        await client.AskAsync("MAIL FROM:<carol@origin.test>");
        client.Raw.ChunkSize = 1;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var drains = new List<Task>();
        var woken = WakeAsync();
        Assert.StartsWith("250", await client.AskAsync("RCPT TO:<ok@example.test>"));
        Assert.StartsWith("354", await client.AskAsync("DATA"));
        await client.SendAsync(Message);
        Assert.StartsWith("250", await client.ReadReplyAsync());
        Assert.StartsWith("421 4.3.2 ", await client.ReadReplyAsync());
        Assert.Equal("", await client.ReadReplyAsync());
        await limit.CancelAsync();
        await woken;
        await Task.WhenAll(drains);

        Assert.Equal("Subject: x\r\n\r\nbody\r\n", Text.Of(Assert.Single(engine.Delivery.Messages).Content));

        async Task WakeAsync()
        {
            while (!limit.IsCancellationRequested)
            {
                drains.Add(engine.Server.DrainAsync(CancellationToken.None));
                await Task.Yield();
            }
        }
    }

    [Fact]
    public async Task An_idle_session_is_told_421_inside_tls_and_ended_with_a_close_notify()
    {
        await using var engine = new Engine(TestCertificate.OfferTls);
        await using var client = await TlsConversation.GreetAsync(engine.Server, SslProtocols.Tls12);
        var reply = client.ReadReplyAsync();
        var moved = await engine.AdvanceUntilAsync(reply, TimeSpan.FromMinutes(6));

        Assert.StartsWith("421 4.4.2 ", await reply);
        Assert.InRange(moved, TimeSpan.FromSeconds(299), TimeSpan.FromSeconds(305));
        Assert.Equal("", await client.ReadReplyAsync());
        Assert.Equal(Alert, LastRecordType(client));
    }

    [Fact]
    public async Task Quit_is_answered_and_followed_by_a_close_notify()
    {
        await using var engine = new Engine(TestCertificate.OfferTls);
        await using var client = await TlsConversation.GreetAsync(engine.Server, SslProtocols.Tls12);

        Assert.StartsWith("221", await client.AskAsync("QUIT"));
        Assert.Equal("", await client.ReadReplyAsync());
        await client.Completion;
        Assert.Equal(Alert, LastRecordType(client));
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task Data_that_ends_without_its_end_is_a_lost_connection_with_and_without_a_close_notify(bool notify)
    {
        await using var engine = new Engine(TestCertificate.OfferTls);
        await using var client = await TlsConversation.GreetAsync(engine.Server);
        await client.BeginDataAsync();
        await client.SendAsync("Subject: half\r\n\r\nnever");
        if (notify)
            await client.Tls!.ShutdownAsync();
        else
            client.Hangup();
        await client.Completion.WaitAsync(TimeSpan.FromSeconds(5));

        Assert.Equal((0, 1), (engine.Delivery.Messages.Count, engine.Delivery.Aborted));
    }

    [Fact]
    public async Task What_follows_a_close_notify_is_ignored()
    {
        await using var engine = new Engine(TestCertificate.OfferTls);
        await using var client = await TlsConversation.GreetAsync(engine.Server);
        await client.BeginDataAsync();
        await client.SendAsync("Subject: x\r\n\r\nbody\r\n");
        await client.Tls!.ShutdownAsync();
        await client.Raw.WriteAsync(".\r\nNOOP\r\n"u8.ToArray());
        await client.Completion.WaitAsync(TimeSpan.FromSeconds(5));

        Assert.Empty(engine.Delivery.Messages);
    }

    [Fact]
    public async Task A_record_changed_on_the_way_ends_the_session_and_delivers_nothing()
    {
        await using var engine = new Engine(TestCertificate.OfferTls);
        await using var client = await TlsConversation.GreetAsync(engine.Server);
        await client.BeginDataAsync();
        client.Raw.OnWrite = static piece =>
        {
            var changed = piece.ToArray();
            changed[^1] ^= 1;
            return changed;
        };
        await client.SendAsync(Message);
        await client.Completion.WaitAsync(TimeSpan.FromSeconds(5));

        Assert.Equal((0, 1), (engine.Delivery.Messages.Count, engine.Delivery.Aborted));
    }

    [Theory, InlineData("MAIL FROM:<a@origin.test>\r\n"), InlineData("\u0017\u0003\u0003\u00ff\u00ff"), InlineData("\u0016\u0003\u0001\u0000\u0001x")]
    public async Task Plaintext_inside_tls_ends_the_session(string plaintext)
    {
        await using var engine = new Engine(TestCertificate.OfferTls);
        await using var client = await TlsConversation.GreetAsync(engine.Server);
        await client.Raw.WriteAsync(Encoding.Latin1.GetBytes(plaintext));
        await client.Completion.WaitAsync(TimeSpan.FromSeconds(5));

        Assert.Equal(0, engine.Server.Sessions);
    }

    [Fact]
    public async Task A_client_that_takes_no_replies_is_given_up()
    {
        await using var engine = new Engine(TestCertificate.OfferTls);
        await using var client = await TlsConversation.GreetAsync(engine.Server);
        var flood = FloodAsync();
        await engine.AdvanceUntilAsync(client.Completion, TimeSpan.FromMinutes(7));
        Assert.True(client.Completion.IsCompleted, "The session goes on.");
        await flood;

        async Task FloodAsync()
        {
            var lines = string.Concat(Enumerable.Repeat("HELP\r\n", 1000));
            for (var i = 0; i < 20 && !client.Completion.IsCompleted; i++)
                await Task.WhenAny(client.SendAsync(lines), client.Completion);
        }
    }

    [Fact]
    public async Task Many_pipelined_commands_are_answered_in_order()
    {
        await using var engine = new Engine(static options =>
        {
            TestCertificate.OfferTls(options);
            options.MaxCommandsWithoutTransaction = 0;
        });
        await using var client = await TlsConversation.GreetAsync(engine.Server);
        await client.SendAsync(string.Concat(Enumerable.Range(0, 2000).Select(i => i % 2 == 0 ? "NOOP\r\n" : "RSET\r\n")));

        for (var i = 0; i < 2000; i++)
            Assert.Equal(i % 2 == 0 ? "250 2.0.0 Ok" : "250 2.0.0 I remember nothing.", await client.ReadReplyAsync());
    }

    // TLS 1.2 shows the type of a record in plaintext. The first octets are those of the conversation before the handshake.
    private static int LastRecordType(TlsConversation client)
    {
        var all = client.Raw.Received;
        var at = all.IndexOf("Ready to start TLS\r\n"u8) + "Ready to start TLS\r\n"u8.Length;
        int type = all[at];
        for (; at < all.Length; at += 5 + ((all[at + 3] << 8) | all[at + 4]))
            type = all[at];
        return type;
    }
}
