using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Time.Testing;
using OrleansMail.Testing.Smtp;

namespace OrleansMail.Smtp.Tests.Hosting;

/// <summary>The delivery of a single function.</summary>
public sealed partial class MessageDeliveryTests
{
    private static readonly DateTimeOffset Noon = new(2024, 1, 2, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task A_message_comes_with_its_trace_lines_and_is_answered_with_its_id()
    {
        string? content = null, id = null;
        IReadOnlyList<SmtpRecipient> recipients = [];
        await using var server = Create(async (message, cancellationToken) =>
        {
            (id, recipients) = (message.Id, message.Recipients);
            Assert.Equal("c@d.test", message.Transaction.ReversePath.Text);
            content = await ReadAsync(message, cancellationToken);
            return null;
        });
        await using var client = await SayAsync(server, "MAIL FROM:<c@d.test>", "RCPT TO:<a@b.test>", "RCPT TO:<e@f.test>", "DATA");
        await client.SendAsync("Subject: x\r\n\r\n..hello\r\n.\r\n");

        var reply = await client.ReadReplyAsync();
        Assert.Equal($"250 2.0.0 Ok: queued as {id}", reply);
        Assert.Matches(Id(), id);
        Assert.Equal(["a@b.test", "e@f.test"], recipients.Select(static one => one.Path.Text));
        Assert.Equal(
            $"Return-Path: <c@d.test>\r\nReceived: from client.example\r\n\tby mx.test with ESMTP id {id};\r\n\tTue, 02 Jan 2024 12:00:00 +0000\r\nSubject: x\r\n\r\n.hello\r\n",
            content);
    }

    [Fact]
    public async Task An_empty_message_still_has_its_trace_lines()
    {
        string? content = null;
        await using var server = Create(async (message, cancellationToken) =>
        {
            content = await ReadAsync(message, cancellationToken);
            return null;
        });
        await using var client = await SayAsync(server, "MAIL FROM:<>", "RCPT TO:<a@b.test>", "DATA");

        Assert.StartsWith("250", await client.AskAsync("."));
        Assert.StartsWith("Return-Path: <>\r\nReceived: ", content);
        Assert.EndsWith("+0000\r\n", content);
    }

    [Fact]
    public async Task The_handlers_reply_is_the_clients()
    {
        await using var server = Create(static (_, _) => new(new SmtpReply(554, new(5, 6, 0), "I do not like it")));
        await using var client = await SayAsync(server, "MAIL FROM:<>", "RCPT TO:<a@b.test>", "DATA");
        await client.SendAsync(string.Concat(Enumerable.Repeat("never read\r\n", 100_000)) + ".\r\n");

        Assert.Equal("554 5.6.0 I do not like it", await client.ReadReplyAsync());
        Assert.StartsWith("250", await client.AskAsync("NOOP"));
    }

    [Fact]
    public async Task A_handler_that_throws_is_answered_451()
    {
        await using var server = Create(static (_, _) => throw new IOException("disk"));
        await using var client = await SayAsync(server, "MAIL FROM:<>", "RCPT TO:<a@b.test>", "DATA");
        await client.SendAsync("Subject: x\r\n\r\n.\r\n");

        Assert.StartsWith("451 4.3.0", await client.ReadReplyAsync());
    }

    [Fact]
    public async Task A_message_that_does_not_come_to_its_end_is_an_error_to_its_reader()
    {
        var seen = new TaskCompletionSource<Exception>();
        var cancelled = new TaskCompletionSource();
        await using var server = Create(async (message, cancellationToken) =>
        {
            try
            {
                await ReadAsync(message, CancellationToken.None);
            }
            catch (IOException e)
            {
                seen.SetResult(e);
                await using (cancellationToken.Register(cancelled.SetResult))
                    await cancelled.Task.WaitAsync(TimeSpan.FromSeconds(10), CancellationToken.None);
                throw;
            }

            return null;
        });
        await using var client = await SayAsync(server, "MAIL FROM:<>", "RCPT TO:<a@b.test>", "DATA");
        await client.SendAsync("Subject: x\r\n\r\nhalf");
        client.Hangup();
        await client.Completion;

        Assert.Contains("end", (await seen.Task).Message);
        Assert.True(cancelled.Task.IsCompletedSuccessfully, "It was not told by its token.");
        Assert.Equal(0, server.Sessions);
    }

    [Fact]
    public async Task A_handler_that_reads_slowly_holds_the_client()
    {
        var gate = new TaskCompletionSource();
        await using var server = Create(async (message, cancellationToken) =>
        {
            await gate.Task;
            await ReadAsync(message, cancellationToken);
            return null;
        });
        await using var client = await SayAsync(server, "MAIL FROM:<>", "RCPT TO:<a@b.test>", "DATA");
        var send = client.SendAsync("Subject: x\r\n\r\n");
        var sent = 0;
        for (; send.IsCompleted && sent < 1_000_000; sent += 1000)
            send = client.SendAsync(new string('x', 998) + "\r\n");
        Assert.InRange(sent, 0, 500_000);
        gate.SetResult();
        await send;

        Assert.StartsWith("250", await client.AskAsync("\r\n."));
    }

    [Fact]
    public async Task A_handler_may_read_synchronously()
    {
        var length = 0L;
        await using var server = Create((message, _) =>
        {
            using var copy = new MemoryStream();
            message.Content.CopyTo(copy);
            length = copy.Length;
            return default;
        });
        await using var client = await SayAsync(server, "MAIL FROM:<>", "RCPT TO:<a@b.test>", "DATA");
        await client.SendAsync("Subject: x\r\n\r\n" + new string('x', 300_000) + "\r\n.\r\n");

        Assert.StartsWith("250", await client.ReadReplyAsync());
        Assert.True(length > 300_000);
    }

    [Fact]
    public async Task A_function_refuses_recipients()
    {
        var delivery = new SmtpMessageDelivery(
            static (_, _) => default,
            static (transaction, recipient) => recipient.Domain == "b.test" && transaction.ReversePath.IsNull ? null : new SmtpReply(550, new(5, 7, 1), "Not ours"));
        await using var server = new SmtpServer(new SmtpServerOptions { HostName = "mx.test" }, delivery);
        await using var client = await SayAsync(server, "MAIL FROM:<>", "RCPT TO:<a@b.test>");

        Assert.Equal("550 5.7.1 Not ours", await client.AskAsync("RCPT TO:<a@c.test>"));
    }

    [Fact]
    public async Task The_end_of_the_server_is_told_to_the_handler()
    {
        var begun = new TaskCompletionSource();
        var ended = new TaskCompletionSource();
        var server = Create(async (_, cancellationToken) =>
        {
            begun.SetResult();
            try
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            }
            finally
            {
                ended.SetResult();
            }

            return null;
        });
        await using var client = await SayAsync(server, "MAIL FROM:<>", "RCPT TO:<a@b.test>", "DATA");
        await begun.Task;
        await server.DisposeAsync();

        await ended.Task;
    }

    private static SmtpServer Create(SmtpMessageHandler handler) =>
        new(new SmtpServerOptions { HostName = "mx.test" }, new SmtpMessageDelivery(handler, time: new FakeTimeProvider(Noon)));

    private static async Task<Conversation> SayAsync(SmtpServer server, params string[] lines)
    {
        var client = await Conversation.GreetAsync(server);
        foreach (var line in lines)
            Assert.Matches("^(250|354)", await client.AskAsync(line));
        return client;
    }

    private static async Task<string> ReadAsync(SmtpMessage message, CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(message.Content, Encoding.Latin1);
        return await reader.ReadToEndAsync(cancellationToken);
    }

    [GeneratedRegex("^[0-9a-f]{32}$")]
    private static partial Regex Id();
}
