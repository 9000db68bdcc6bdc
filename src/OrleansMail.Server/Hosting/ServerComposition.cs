using System.Diagnostics.Metrics;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.Logging.Console;
using OrleansMail.Server.Api;
using OrleansMail.Server.Gateway;
using OrleansMail.Server.Hosting.Certificates;
using OrleansMail.Server.Hosting.CommandLine;
using OrleansMail.Server.Hosting.Demo;
using OrleansMail.Server.Hosting.Lifetime;
using OrleansMail.Server.Hosting.Listening;
using OrleansMail.Server.Hosting.Settings;
using OrleansMail.Server.Hosting.Storage;
using OrleansMail.Smtp;
using OrleansMail.Smtp.Authentication;

namespace OrleansMail.Server.Hosting;

/// <summary>The composition root: the only place that names implementations.</summary>
internal static class ServerComposition
{
    private static readonly TimeSpan AfterDrain = TimeSpan.FromSeconds(3);

    /// <summary>Puts the server together; nothing listens yet, but the store is open.</summary>
    /// <exception cref="StartupException">Settings are wrong or a port is taken.</exception>
    public static async Task<ComposedServer> ComposeAsync(ServerCommand command, CancellationToken cancellationToken)
    {
        var builder = CreateBuilder(command);
        var settings = ReadSettings(builder);
        var listeners = new ServerListeners(settings);
        var silo = SiloPorts.Choose(settings.Cluster, builder.Configuration);
        var inFiles = ServerCertificates.Open(settings.Smtp.Tls);
        var store = await OpenedStore.OpenAsync(settings.Storage, cancellationToken);
        try
        {
            if (await store.FindConcernAsync(cancellationToken) is { } concern)
                Warn(concern);
            var certificates = inFiles ?? await ServerCertificates.OpenOwnAsync(store.Objects, settings.Hostname, TimeProvider.System, cancellationToken);
            AddServices(builder, settings, store, certificates);
            builder.UseOrleans(orleans => SiloComposition.Compose(orleans, silo, settings, store, builder.Environment.IsDevelopment()));
            builder.Services.AddHostedService<OperatorMailboxAtStart>();
            if (builder.Environment.IsDevelopment())
                builder.Services.AddHostedService<DemoTenant>(); // after the silo, before the listeners
            builder.WebHost.ConfigureKestrel(listeners.Configure);
            builder.WebHost.UseSockets(SessionAdmission.BoundBuffers);
            var application = builder.Build();
            application.MapOrleansMailApi();
            return new ComposedServer(application, settings, listeners, store, certificates);
        }
        catch
        {
            await store.DisposeAsync();
            throw;
        }
    }

    /// <summary>A host with its configuration, and nothing of the server in it yet.</summary>
    public static WebApplicationBuilder CreateBuilder(ServerCommand command)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            EnvironmentName = command.Settings.GetValueOrDefault("environment"),
            Args = HostDefaults.BeforeBuilder,
        });
        ((IConfigurationBuilder)builder.Configuration).Sources.Insert(0, new MemoryConfigurationSource { InitialData = HostDefaults.Lowest });
        builder.Configuration.AddInMemoryCollection(command.Settings);
        builder.Configuration.AddInMemoryCollection(HostDefaults.Highest);
        builder.Logging.ClearProviders();
        builder.Services.Configure<ConsoleLoggerOptions>(options => options.LogToStandardErrorThreshold = LogLevel.Trace); // stdout is for the banner
        builder.Logging.AddSimpleConsole(options =>
        {
            options.SingleLine = true;
            options.UseUtcTimestamp = true;
            options.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
        });
        return builder;
    }

    private static OrleansMailSettings ReadSettings(WebApplicationBuilder builder)
    {
        var result = SettingsReader.Read(builder.Configuration, builder.Environment.IsDevelopment());
        foreach (var warning in result.Warnings)
            Warn(warning);
        return result.Errors.Count == 0
            ? result.Settings
            : throw new StartupException(string.Join('\n', result.Errors), ExitCodes.Usage);
    }

    private static void Warn(string warning) => Console.Error.WriteLine($"warning: {warning}");

    private static void AddServices(WebApplicationBuilder builder, OrleansMailSettings settings, OpenedStore store, ServerCertificates certificates)
    {
        var services = builder.Services;
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(settings);
        store.AddTo(services, settings.Dedupe.Window);
        services.AddSmtpGateway(options =>
        {
            options.Postmaster = settings.Smtp.Postmaster;
            options.PayloadBudget = settings.Storage.PayloadBudget;
        });
        services.AddSingleton<IProvisioningObserver, CacheInvalidation>();
        services.AddSingleton(provider => new SmtpServer(
            EngineOptions.Create(settings, certificates, provider.GetRequiredService<ISmtpAuthenticator>(), provider.GetService<IDecisionFeed>()),
            provider.GetRequiredService<ISmtpDeliveryFactory>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILoggerFactory>(),
            provider.GetRequiredService<IMeterFactory>()));
        services.AddSingleton(certificates);
        services.AddHostedService<CertificateWatch>();
        services.AddSingleton<SessionAdmission>();
        services.AddSingleton<ServerDrain>();
        services.AddSingleton<IReadiness>(provider => provider.GetRequiredService<ServerDrain>());
        services.AddHostedService(provider => provider.GetRequiredService<ServerDrain>());
        services.AddOrleansMailApi();
        services.Configure<ApiOptions>(options => options.OperatorKey = settings.OperatorKey);
        services.Configure<HostOptions>(options => options.ShutdownTimeout = settings.Drain.Timeout + AfterDrain);
        services.Configure<ConsoleLifetimeOptions>(options => options.SuppressStatusMessages = true);
    }
}
