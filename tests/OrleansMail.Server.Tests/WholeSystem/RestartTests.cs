using OrleansMail.Server.Tests.Corpus;
using OrleansMail.Testing.Processes;

namespace OrleansMail.Server.Tests.WholeSystem;

/// <summary>A stop and a start lose nothing: provisioning, mail, sequences, cursors.</summary>
public sealed class RestartTests
{
    [Fact]
    public async Task A_restart_keeps_everything()
    {
        await using var server = await ServerProcess.StartAsync();
        await server.Api.ProvisionAsync("kept", "kept.test", "inbox", "other");
        await server.Api.PutAliasAsync("kept", "kept.test", "alias", "other@kept.test");
        var large = CorpusFile.Load("just-above-inline").Content;
        using (var talk = await SmtpTalk.ConnectAsync(server.Smtp))
        {
            await talk.DeliverAsync(Message.Sender, "inbox@kept.test", Message.Create("first"));
            await talk.DeliverAsync(Message.Sender, "inbox@kept.test", large);
            await talk.DeliverAsync(Message.Sender, "alias@kept.test", Message.Create("by alias"));
            await talk.SayAsync("QUIT", "221");
        }

        var before = await server.Api.PageAsync("kept", "inbox@kept.test");
        await server.StopAsync();
        await server.RestartAsync();

        var after = await server.Api.ListAsync("kept", "inbox@kept.test");
        Assert.Equal(before.Items.Select(item => (item.Id, item.Sequence, item.Sha256)), after.Select(item => (item.Id, item.Sequence, item.Sha256)));
        Assert.Equal(large, RawMessage.Parse(await server.Api.RawAsync("kept", after[1].Id)).Content);
        Assert.Single(await server.Api.ListAsync("kept", "other@kept.test"));

        using var again = await SmtpTalk.ConnectAsync(server.Smtp);
        await again.DeliverAsync(Message.Sender, "alias@kept.test", Message.Create("alias still there"));
        await again.DeliverAsync(Message.Sender, "inbox@kept.test", Message.Create("third"));
        var next = Assert.Single((await server.Api.WaitAsync("kept", "inbox@kept.test", before.Cursor)).Items);
        Assert.Equal("third", next.Headers.Subject);
        Assert.True(next.Sequence > after[^1].Sequence, "Sequences go on rising after a restart.");
    }

    [Fact]
    public async Task A_start_with_another_number_of_partitions_keeps_everything_and_takes_mail_at_once()
    {
        using var folder = new TemporaryFolder();
        var settings = new ServerSettings { DataFolder = folder.Path };
        await using (var server = await ServerProcess.StartAsync(settings))
        {
            foreach (var name in new[] { "a.test", "b.test", "c.test" })
            {
                await server.Api.ProvisionAsync("kept", name, "inbox");
                using var talk = await SmtpTalk.ConnectAsync(server.Smtp);
                await talk.DeliverAsync(Message.Sender, $"inbox@{name}", Message.Create("before"));
            }

            await server.StopAsync();
        }

        await using var more = await ServerProcess.StartAsync(settings with { Arguments = ["--OrleansMail:Storage:Partitions=4"] });
        foreach (var name in new[] { "a.test", "b.test", "c.test" })
        {
            using var talk = await SmtpTalk.ConnectAsync(more.Smtp);
            await talk.DeliverAsync(Message.Sender, $"inbox@{name}", Message.Create("after"));
            var listed = await more.Api.ListAsync("kept", $"inbox@{name}");
            Assert.Equal([("before", 1L), ("after", 2L)], listed.Select(static m => (m.Headers.Subject, m.Sequence)));
        }

        await more.WaitForOutputAsync("had 1 partitions and has 4");
        Assert.Contains("\"partitions\":4", await File.ReadAllTextAsync(Path.Combine(folder.Path, "manifest")), StringComparison.Ordinal);
        await more.StopAsync();
    }

    [Fact]
    public async Task An_idle_server_ends_at_once_and_a_session_between_transactions_is_told()
    {
        await using var server = await ServerProcess.StartAsync();
        using var talk = await SmtpTalk.ConnectAsync(server.Smtp);

        var stopping = server.StopAsync();
        await talk.ExpectAsync("421 4.3.2 ");
        await stopping;
    }

    [Fact]
    public async Task A_transaction_that_runs_while_the_server_stops_is_finished_and_kept()
    {
        await using var server = await ServerProcess.StartAsync();
        await server.Api.ProvisionAsync("drain", "drain.test", "inbox");
        using var talk = await SmtpTalk.ConnectAsync(server.Smtp);
        using var idle = await SmtpTalk.ConnectAsync(server.Smtp);
        await talk.BeginMessageAsync(Message.Sender, "inbox@drain.test");

        var stopping = server.StopAsync();
        await idle.ExpectAsync("421 4.3.2 "); // the drain has begun
        await talk.SendAsync(DotStuffing.Encode(Message.Create("in flight")));
        await talk.ExpectAsync("250 2.0.0 ");
        await stopping;

        await server.RestartAsync();
        Assert.Equal("in flight", Assert.Single(await server.Api.ListAsync("drain", "inbox@drain.test")).Headers.Subject);
    }
}
