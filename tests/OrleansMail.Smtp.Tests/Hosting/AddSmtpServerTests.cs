using System.Diagnostics.Metrics;
using System.Net;
using System.Security.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using OrleansMail.Smtp.Hosting;
using OrleansMail.Testing.Processes;
using OrleansMail.Testing.Smtp;

namespace OrleansMail.Smtp.Tests.Hosting;

/// <summary>The engine as a service of a host, over a socket.</summary>
public sealed class AddSmtpServerTests
{
    [Fact]
    public async Task A_host_serves_smtp_on_the_endpoint_that_uses_it()
    {
        var delivery = new MemoryDelivery();
        await using var application = Create(services => services.AddSingleton<ISmtpDeliveryFactory>(delivery).AddSmtpServer(Named));
        await application.StartAsync();
        using (var client = await SmtpTalk.ConnectAsync(EndPoint(application)))
        {
            await client.BeginMessageAsync("c@d.test", "ok@example.test");
            await client.SendAsync("Subject: x\r\n\r\n.\r\n"u8.ToArray());
            await client.ExpectAsync("250 2.0.0");
        }

        Assert.Equal("Subject: x\r\n\r\n", Text.Of(Assert.Single(delivery.Messages).Content));
    }

    [Fact]
    public async Task A_delivery_factory_by_type_is_made_by_the_container()
    {
        await using var application = Create(static services => services.AddSmtpServer<RefusingDeliveries>(Named).AddSingleton(new Refusal("Not today")));
        await application.StartAsync();
        using var client = await SmtpTalk.ConnectAsync(EndPoint(application));

        await client.SayAsync("MAIL FROM:<c@d.test>", "550 5.7.1 Not today");
    }

    [Fact]
    public async Task A_function_takes_the_messages()
    {
        var received = new TaskCompletionSource<string>();
        await using var application = Create(services => services.AddSmtpServer(Named, async (message, cancellationToken) =>
        {
            using var reader = new StreamReader(message.Content);
            received.SetResult(await reader.ReadToEndAsync(cancellationToken));
            return null;
        }));
        await application.StartAsync();
        using var client = await SmtpTalk.ConnectAsync(EndPoint(application));
        await client.DeliverAsync("c@d.test", "anyone@anywhere.test", "Subject: x\r\n\r\nhello\r\n"u8.ToArray());

        Assert.EndsWith("Subject: x\r\n\r\nhello\r\n", await received.Task);
    }

    [Fact]
    public async Task All_that_is_wrong_with_the_options_is_said_at_start_by_name()
    {
        var error = await FailAsync<OptionsValidationException>(static services => services.AddSmtpServer<RefusingDeliveries>(static options =>
        {
            options.HostName = "no name";
            options.Greeting = "two\nlines";
            options.MaxMessageBytes = 65_535;
            options.MaxRecipients = 99;
            options.MaxErrors = -1;
            options.MaxUnknownRecipients = -1;
            options.MaxTransactionsPerSession = -1;
            options.MaxRecipientDomains = 1_000_000;
            options.MaxCommandsWithoutTransaction = -1;
            options.MaxConnections = -1;
            options.MaxConnectionsPerAddress = -1;
            options.ConnectionsPerMinutePerAddress = -1;
            options.MaxTransactions = -1;
            options.MinDataRate = -1;
            options.MaxCommandLineBytes = 511;
            options.Tls.Minimum = SslProtocols.None;
            options.Timeouts.Greeting = TimeSpan.Zero;
            options.Timeouts.Command = TimeSpan.FromMilliseconds(999);
            options.Timeouts.DataBlock = TimeSpan.FromDays(-1);
            options.Timeouts.Transaction = TimeSpan.Zero;
            options.Timeouts.TlsHandshake = TimeSpan.Zero;
            options.Timeouts.DataRateWindow = TimeSpan.Zero;
            options.Timeouts.SessionAge = TimeSpan.Zero;
            options.Commands["X Y"] = new SmtpCommand(SmtpPhases.Any, static (_, _, _) => default);
        }));

        Assert.Equal(
            ["HostName", "Greeting", "MaxMessageBytes", "MaxRecipients", "MaxErrors", "MaxUnknownRecipients", "MaxTransactionsPerSession",
                "MaxRecipientDomains", "MaxCommandsWithoutTransaction", "MaxConnections", "MaxConnectionsPerAddress", "ConnectionsPerMinutePerAddress",
                "MaxTransactions", "MinDataRate", "MaxCommandLineBytes", "Tls.Minimum", "Timeouts.Greeting", "Timeouts.Command", "Timeouts.DataBlock",
                "Timeouts.Transaction", "Timeouts.TlsHandshake", "Timeouts.DataRateWindow", "Timeouts.SessionAge", "Commands"],
            error.Failures.Select(static failure => failure.Split(' ')[0]["SmtpServerOptions.".Length..]));
        Assert.Contains("SmtpServerOptions.MaxMessageBytes must be at least 65536; it is 65535.", error.Failures);
        Assert.Contains("SmtpServerOptions.MaxRecipientDomains must be from 0 to 999999; it is 1000000.", error.Failures);
        Assert.Contains("\"X Y\"", error.Failures.Last());
    }

    [Fact]
    public async Task Options_at_their_bounds_are_good()
    {
        await using var application = Create(static services => services.AddSmtpServer<RefusingDeliveries>(static options =>
        {
            options.HostName = "[192.0.2.1]";
            options.Greeting = new string('~', 400);
            options.MaxMessageBytes = 65_536;
            options.MaxRecipients = 100;
            options.MaxErrors = 0;
            options.MaxUnknownRecipients = 0;
            options.MaxTransactionsPerSession = 999_999;
            options.MaxConnections = int.MaxValue;
            options.MinDataRate = 0;
            options.MaxCommandLineBytes = 512;
            options.Tls.Minimum = SslProtocols.Tls13;
            options.Timeouts.Greeting = TimeSpan.FromSeconds(1);
            options.Timeouts.Command = Timeout.InfiniteTimeSpan;
            options.Commands[new string('x', 32)] = new SmtpCommand(SmtpPhases.Any, static (_, _, _) => default);
        }).AddSingleton(new Refusal("no")));

        await application.StartAsync();
    }

    [Theory, InlineData(401, 1, "Greeting"), InlineData(1, 33, "Commands"), InlineData(1, 0, "Commands")]
    public void Texts_beyond_their_bounds_are_not(int greeting, int verb, string wrong)
    {
        using var provider = new ServiceCollection().AddSmtpServer(options =>
        {
            Named(options);
            options.Greeting = new string('g', greeting);
            options.Commands[new string('v', verb)] = new SmtpCommand(SmtpPhases.Any, static (_, _, _) => default);
        }).BuildServiceProvider();

        var error = Assert.Throws<OptionsValidationException>(() => provider.GetRequiredService<IOptions<SmtpServerOptions>>().Value);
        Assert.StartsWith($"SmtpServerOptions.{wrong} ", Assert.Single(error.Failures));
    }

    [Fact]
    public void A_host_name_has_no_default()
    {
        using var provider = new ServiceCollection().AddSmtpServer().BuildServiceProvider();

        var error = Assert.Throws<OptionsValidationException>(() => provider.GetRequiredService<IOptions<SmtpServerOptions>>().Value);
        Assert.Contains("HostName must be a domain name", Assert.Single(error.Failures));
    }

    [Fact]
    public void Timeouts_that_are_null_are_said_by_name()
    {
        using var provider = new ServiceCollection().AddSmtpServer(static options =>
        {
            Named(options);
            options.Timeouts = null!;
        }).BuildServiceProvider();

        var error = Assert.Throws<OptionsValidationException>(() => provider.GetRequiredService<IOptions<SmtpServerOptions>>().Value);
        Assert.Contains("Timeouts must not be null", Assert.Single(error.Failures));
    }

    [Fact]
    public async Task Without_a_delivery_factory_the_start_says_what_to_register()
    {
        var error = await FailAsync<InvalidOperationException>(static services => services.AddSmtpServer(Named));

        Assert.Contains("ISmtpDeliveryFactory", error.Message);
        Assert.Contains("AddSmtpServer", error.Message);
    }

    [Fact]
    public async Task An_endpoint_without_a_server_says_what_to_add()
    {
        var error = await FailAsync<InvalidOperationException>(static _ => { });

        Assert.Equal("UseSmtp needs AddSmtpServer.", error.Message);
    }

    [Fact]
    public async Task An_endpoint_with_implicit_tls_and_no_certificates_says_what_to_set()
    {
        var error = await FailAsync<InvalidOperationException>(
            static services => services.AddSmtpServer<RefusingDeliveries>(Named).AddSingleton(new Refusal("no")),
            static listener => listener.Tls = SmtpListenerTls.Implicit);

        Assert.Contains("SmtpServerOptions.Tls.SelectCertificate", error.Message);
    }

    [Fact]
    public async Task A_stopping_host_lets_a_transaction_finish_and_tells_the_others()
    {
        var delivery = new MemoryDelivery();
        await using var application = Create(services => services.AddSingleton<ISmtpDeliveryFactory>(delivery).AddSmtpServer(Named));
        await application.StartAsync();
        using var idle = await SmtpTalk.ConnectAsync(EndPoint(application));
        using var busy = await SmtpTalk.ConnectAsync(EndPoint(application));
        await busy.BeginMessageAsync("c@d.test", "ok@example.test");
        var stop = application.StopAsync();
        await idle.ExpectAsync("421 4.3.2");
        Assert.False(stop.IsCompleted);
        await busy.SendAsync("Subject: x\r\n\r\n.\r\n"u8.ToArray());
        await busy.ExpectAsync("250 2.0.0");
        await busy.ExpectAsync("421 4.3.2");
        await stop;

        Assert.Single(delivery.Messages);
    }

    [Fact]
    public async Task A_stopping_host_waits_15_seconds_for_a_transaction_by_the_clock_of_its_container()
    {
        var time = new FakeTimeProvider();
        var delivery = new MemoryDelivery();
        using var host = new HostBuilder().ConfigureServices(services => services
            .AddSingleton<TimeProvider>(time).AddSingleton<ISmtpDeliveryFactory>(delivery).AddSmtpServer(Named)
            .Configure<HostOptions>(static options => options.ShutdownTimeout = TimeSpan.FromMinutes(5))).Build();
        await host.StartAsync();
        await using var client = await Conversation.GreetAsync(host.Services.GetRequiredService<SmtpServer>());
        await client.BeginDataAsync();
        var reply = client.ReadReplyAsync();
        var stop = host.StopAsync();
        var seconds = 0;
        for (; !reply.IsCompleted && seconds < 60; seconds++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(reply, Task.Delay(20));
        }

        Assert.InRange(seconds, 15, 59);
        Assert.StartsWith("421 4.3.2", await reply);
        await stop;

        Assert.Equal(1, delivery.Aborted);
    }

    [Fact]
    public async Task Logs_and_meters_are_those_of_the_container()
    {
        await using var provider = new ServiceCollection().AddSingleton<ISmtpDeliveryFactory>(new FailingDeliveries()).AddSmtpServer(Named)
            .AddLogging(static logging => logging.AddFakeLogging()).BuildServiceProvider();
        using var replies = new MetricCollector<long>(provider.GetRequiredService<IMeterFactory>(), "OrleansMail", "orleansmail.smtp.replies");
        await using (var client = Conversation.Start(provider.GetRequiredService<SmtpServer>()))
            Assert.StartsWith("421 4.3.0", await client.ReadReplyAsync());

        Assert.Equal([421], replies.GetMeasurementSnapshot().Select(static one => one.Tags["code"]));
        Assert.Equal("NoDelivery", provider.GetRequiredService<Microsoft.Extensions.Logging.Testing.FakeLogCollector>().LatestRecord.Id.Name);
    }

    [Fact]
    public void Adding_it_twice_is_adding_it_once()
    {
        var services = new ServiceCollection().AddSmtpServer<RefusingDeliveries>(Named).AddSmtpServer<RefusingDeliveries>();

        Assert.Single(services, static one => one.ServiceType == typeof(SmtpServer));
        Assert.Single(services, static one => one.ServiceType == typeof(ISmtpDeliveryFactory));
        Assert.Single(services, static one => one.ServiceType == typeof(IHostedService) && one.ImplementationType?.Assembly == typeof(SmtpServer).Assembly);
        Assert.Single(services, static one => one.ServiceType == typeof(IValidateOptions<SmtpServerOptions>));
    }

    private static void Named(SmtpServerOptions options) => options.HostName = "mx.example.test";

    private static WebApplication Create(Action<IServiceCollection> add, Action<SmtpListenerOptions>? listener = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        add(builder.Services);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseSmtp(listener)));
        return builder.Build();
    }

    // Kestrel reads its options while the application is built.
    private static async Task<TException> FailAsync<TException>(Action<IServiceCollection> add, Action<SmtpListenerOptions>? listener = null)
        where TException : Exception =>
        await Assert.ThrowsAsync<TException>(async () =>
        {
            await using var application = Create(add, listener);
            await application.StartAsync();
        });

    private static IPEndPoint EndPoint(WebApplication application) =>
        new(IPAddress.Loopback, new Uri(application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()).Port);

    private sealed record Refusal(string Text);

    private sealed class RefusingDeliveries(Refusal refusal) : ISmtpDeliveryFactory
    {
        public ValueTask<ISmtpDelivery> CreateAsync(SmtpSessionContext session, CancellationToken cancellationToken) =>
            new(new MemoryDelivery { OnSender = _ => new(new SmtpReply(550, new(5, 7, 1), refusal.Text)) });
    }

    private sealed class FailingDeliveries : ISmtpDeliveryFactory
    {
        public ValueTask<ISmtpDelivery> CreateAsync(SmtpSessionContext session, CancellationToken cancellationToken) => throw new InvalidOperationException();
    }
}
