using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using OrleansMail.Testing.Smtp;
using System.Diagnostics.Metrics;

namespace OrleansMail.Smtp.Tests;

public sealed class ServerTests
{
    [Fact]
    public async Task A_drain_ends_idle_sessions_at_once_and_lets_a_transaction_finish()
    {
        await using var engine = new Engine();
        await using var idle = await Conversation.GreetAsync(engine.Server);
        await using var busy = await Conversation.GreetAsync(engine.Server);
        await busy.BeginDataAsync();
        Assert.Equal((2, 1), (engine.Server.Sessions, engine.Server.Transactions));

        var drain = engine.Server.DrainAsync(CancellationToken.None);
        Assert.StartsWith("421 4.3.2", await idle.ReadReplyAsync());
        await idle.Completion;
        Assert.False(drain.IsCompleted);
        await busy.SendAsync("Subject: x\r\n\r\n.\r\n");
        Assert.StartsWith("250", await busy.ReadReplyAsync());
        Assert.StartsWith("421 4.3.2", await busy.ReadReplyAsync());
        await drain;
        Assert.Single(engine.Delivery.Messages);
    }

    [Fact]
    public async Task A_drain_that_may_not_wait_longer_aborts_what_is_open()
    {
        await using var engine = new Engine();
        await using var client = await Conversation.GreetAsync(engine.Server);
        await client.BeginDataAsync();
        await client.SendAsync("Subject: half");
        await engine.Server.DrainAsync(new CancellationToken(canceled: true));

        Assert.StartsWith("421 4.3.2", await client.ReadReplyAsync());
        await client.Completion;
        Assert.Equal(1, engine.Delivery.Aborted);
    }

    [Fact]
    public async Task After_a_drain_that_may_not_wait_longer_nothing_runs()
    {
        await using var engine = new Engine();
        engine.Delivery.OnWrite = static async _ => await Task.Delay(50); // ends after the drain was cut short
        await using var client = await Conversation.GreetAsync(engine.Server);
        await client.BeginDataAsync();
        await client.SendAsync("Subject: half");
        await client.SendAsync(new string('x', 2000));
        await engine.Server.DrainAsync(new CancellationToken(canceled: true));

        Assert.Equal((0, 0, 0), (engine.Server.Sessions, engine.Server.Transactions, engine.Delivery.OpenSinks));
    }

    [Fact]
    public async Task A_delivery_that_ignores_its_token_holds_a_drain_for_a_second_only()
    {
        await using var engine = new Engine();
        var gate = new TaskCompletionSource();
        engine.Delivery.OnSender = async _ =>
        {
            await gate.Task;
            return null;
        };
        await using var client = await Conversation.GreetAsync(engine.Server);
        await client.SendAsync("MAIL FROM:<>\r\n");
        var drain = engine.Server.DrainAsync(new CancellationToken(canceled: true));

        Assert.InRange(await engine.AdvanceUntilAsync(drain, TimeSpan.FromMinutes(1)), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(3));
        await drain;
        gate.SetResult();
    }

    [Fact]
    public async Task A_session_that_comes_during_a_drain_is_told_421()
    {
        await using var engine = new Engine();
        await engine.Server.DrainAsync(CancellationToken.None);
        await using var client = Conversation.Start(engine.Server);

        Assert.StartsWith("421 4.3.2", await client.ReadReplyAsync());
        Assert.Equal("", await client.ReadReplyAsync());
    }

    [Fact]
    public async Task Verbs_can_be_added_and_replaced()
    {
        await using var engine = new Engine(options =>
        {
            options.Commands["XPING"] = new SmtpCommand(SmtpPhases.Ready, static (_, argument, _) =>
                new(new SmtpReply(250, new(2, 0, 0), "pong " + Encoding.ASCII.GetString(argument.Span))));
            options.Commands["noop"] = new SmtpCommand(SmtpPhases.Any, static (_, _, _) => throw new InvalidOperationException());
        });
        await using var client = Conversation.Start(engine.Server);
        await client.ReadReplyAsync();
        Assert.StartsWith("503 5.5.1", await client.AskAsync("XPING"));
        await client.AskAsync("EHLO a.test");

        Assert.Equal("250 2.0.0 pong you", await client.AskAsync("xping  you "));
        Assert.StartsWith("451 4.3.0", await client.AskAsync("NOOP"));
        Assert.Contains("XPING", await client.AskAsync("HELP"));
    }

    [Fact]
    public async Task Sessions_commands_and_replies_are_measured()
    {
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var meters = services.GetRequiredService<IMeterFactory>();
        using var sessions = new MetricCollector<long>(meters, "OrleansMail", "orleansmail.smtp.sessions");
        using var commands = new MetricCollector<long>(meters, "OrleansMail", "orleansmail.smtp.commands");
        using var replies = new MetricCollector<long>(meters, "OrleansMail", "orleansmail.smtp.replies");
        await using var server = new SmtpServer(new SmtpServerOptions { HostName = "mx.test" }, new MemoryDelivery(), meters: meters);
        await using (var client = await Conversation.GreetAsync(server))
        {
            Assert.Equal(1, sessions.GetMeasurementSnapshot().EvaluateAsCounter());
            await client.AskAsync("WHAT");
        }

        Assert.Equal(0, sessions.GetMeasurementSnapshot().EvaluateAsCounter());
        Assert.Equal(2, commands.GetMeasurementSnapshot().EvaluateAsCounter());
        Assert.Equal([220, 250, 500], replies.GetMeasurementSnapshot().Select(one => one.Tags["code"]));
    }

    [Fact]
    public async Task Ids_of_sessions_differ()
    {
        var ids = new HashSet<string>();
        await using var engine = new Engine();
        engine.Delivery.OnSender = transaction =>
        {
            ids.Add(transaction.Session.Id);
            return default;
        };
        for (var i = 0; i < 3; i++)
        {
            await using var client = await Conversation.GreetAsync(engine.Server);
            await client.AskAsync("MAIL FROM:<>");
        }

        Assert.Equal(3, ids.Count);
    }
}
