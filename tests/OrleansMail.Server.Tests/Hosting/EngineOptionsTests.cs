using System.Reflection;
using System.Security.Authentication;
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
    public void Each_setting_that_the_engine_has_by_the_same_name_reaches_it()
    {
        var settings = new OrleansMailSettings();
        var values = 0;
        var smtp = Change(settings.Smtp, typeof(SmtpServerOptions), ref values);
        var times = Change(settings.Smtp.Timeouts, typeof(SmtpTimeouts), ref values);
        var engine = EngineOptions.Create(settings);

        Assert.Contains("StrictWhiteSpace = True", smtp);
        Assert.Equal(smtp, Show(engine, typeof(SmtpSettings)));
        Assert.Equal(times, Show(engine.Timeouts, typeof(SmtpTimeoutSettings)));
        Assert.Null(engine.OnDecision); // nothing is made for nobody
    }

    [Theory, InlineData(null, SslProtocols.Tls12), InlineData("1.2", SslProtocols.Tls12), InlineData("1.3", SslProtocols.Tls13)]
    public void The_lowest_version_of_TLS_is_a_setting(string? minimum, SslProtocols engine)
    {
        var settings = new OrleansMailSettings();
        settings.Smtp.Tls.Minimum = minimum ?? settings.Smtp.Tls.Minimum;

        Assert.Equal(engine, EngineOptions.Create(settings).Tls.Minimum);
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

    // Gives each property that the other type has too a value of its own.
    private static List<string> Change(object settings, Type other, ref int values)
    {
        foreach (var property in Common(settings.GetType(), other))
            property.SetValue(settings, Another(property.GetValue(settings)!, ++values));
        return Show(settings, other);
    }

    private static object Another(object value, int number) => value switch
    {
        bool flag => !flag,
        int count => count + number,
        long count => count + number,
        TimeSpan time => time + TimeSpan.FromSeconds(number),
        SmtpBareNewlines.Accept => SmtpBareNewlines.Reject,
        _ => throw new NotSupportedException($"No other value than {value} is known here."),
    };

    private static List<string> Show(object options, Type other) => [.. Common(options.GetType(), other).Select(property => $"{property.Name} = {property.GetValue(options)}")];

    private static IEnumerable<PropertyInfo> Common(Type type, Type other) =>
        type.GetProperties().Where(property => property.CanWrite && other.GetProperty(property.Name)?.PropertyType == property.PropertyType).OrderBy(property => property.Name, StringComparer.Ordinal);

    private sealed class Feed : IDecisionFeed
    {
        public List<SmtpDecision> Heard { get; } = [];

        public void Report(SmtpDecision decision) => Heard.Add(decision);
    }
}
