using OrleansMail.Server.Gateway;
using OrleansMail.Server.Hosting;
using OrleansMail.Server.Hosting.Settings;
using OrleansMail.Smtp;
using OrleansMail.Smtp.Limits;
using OrleansMail.Testing.Smtp;

namespace OrleansMail.Server.Tests.Hosting;

/// <summary>What the settings of limits come to in the engine.</summary>
public sealed class EngineOptionsTests
{
    [Fact]
    public void Each_setting_of_a_limit_reaches_the_engine()
    {
        var settings = new OrleansMailSettings();
        var smtp = settings.Smtp;
        (smtp.MaxConnections, smtp.MaxConnectionsPerAddress, smtp.ConnectionsPerMinutePerAddress) = (1, 2, 3);
        (smtp.MaxTransactions, smtp.MaxCommandsWithoutTransaction, smtp.MinDataRate) = (4, 5, 6);
        (smtp.Timeouts.DataRateWindow, smtp.Timeouts.SessionAge) = (TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(8));
        var engine = EngineOptions.Create(settings);

        Assert.Equal((1, 2, 3), (engine.MaxConnections, engine.MaxConnectionsPerAddress, engine.ConnectionsPerMinutePerAddress));
        Assert.Equal((4, 5, 6), (engine.MaxTransactions, engine.MaxCommandsWithoutTransaction, engine.MinDataRate));
        Assert.Equal((TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(8)), (engine.Timeouts.DataRateWindow, engine.Timeouts.SessionAge));
        Assert.Null(engine.OnDecision); // nothing is made for nobody
    }

    [Fact]
    public void The_servers_defaults_are_the_engines_but_for_the_number_of_sessions()
    {
        var server = EngineOptions.Create(new OrleansMailSettings());
        var engine = new SmtpServerOptions { HostName = "mx" };

        Assert.Equal(
            (engine.MaxConnectionsPerAddress, engine.ConnectionsPerMinutePerAddress, engine.MaxTransactions, engine.MaxCommandsWithoutTransaction, engine.MinDataRate),
            (server.MaxConnectionsPerAddress, server.ConnectionsPerMinutePerAddress, server.MaxTransactions, server.MaxCommandsWithoutTransaction, server.MinDataRate));
        Assert.Equal((engine.Timeouts.DataRateWindow, engine.Timeouts.SessionAge), (server.Timeouts.DataRateWindow, server.Timeouts.SessionAge));
        Assert.Equal((0, 20_000), (engine.MaxConnections, server.MaxConnections));
    }

    [Fact]
    public async Task A_feed_hears_of_decisions()
    {
        var feed = new Feed();
        await using var server = new SmtpServer(EngineOptions.Create(new OrleansMailSettings(), feed: feed), new MemoryDelivery());
        await using var client = await Conversation.GreetAsync(server);
        await client.AskAsync("MAIL FROM:<carol@origin.test>");

        Assert.Equal("carol@origin.test", Assert.Single(feed.Heard).Path!.Text);
    }

    private sealed class Feed : IDecisionFeed
    {
        public List<SmtpDecision> Heard { get; } = [];

        public void Report(SmtpDecision decision) => Heard.Add(decision);
    }
}
