using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace OrleansMail.Smtp.Hosting;

/// <summary>Registers a server of the protocol engine with a host.</summary>
public static class SmtpServiceCollectionExtensions
{
    /// <summary>
    /// Adds one <see cref="SmtpServer"/>; <see cref="SmtpListenOptionsExtensions.UseSmtp"/> gives it connections. It takes clock, logs and
    /// meters from the container, and is drained when the host stops: 421 4.3.2 between transactions, those in flight have 15 s, or the
    /// host's shutdown time where that is shorter. The options are checked at start, all errors at once.
    /// </summary>
    /// <param name="services">An <see cref="ISmtpDeliveryFactory"/> must be among them.</param>
    /// <param name="configure">Sets the options; <see cref="SmtpServerOptions.HostName"/> has no default.</param>
    public static IServiceCollection AddSmtpServer(this IServiceCollection services, Action<SmtpServerOptions>? configure = null)
    {
        services.AddOptions<SmtpServerOptions>().Configure(options => configure?.Invoke(options)).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<SmtpServerOptions>, SmtpServerOptionsValidator>());
        services.AddLogging();
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(Create);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, SmtpServerDrain>());
        return services;
    }

    /// <summary>The same with a delivery factory that the container makes, one for all sessions.</summary>
    /// <typeparam name="TDeliveries">Its constructor may ask for other services.</typeparam>
    /// <param name="services">A factory that is already registered stays.</param>
    /// <param name="configure">Sets the options; <see cref="SmtpServerOptions.HostName"/> has no default.</param>
    public static IServiceCollection AddSmtpServer<TDeliveries>(this IServiceCollection services, Action<SmtpServerOptions>? configure = null)
        where TDeliveries : class, ISmtpDeliveryFactory
    {
        services.TryAddSingleton<ISmtpDeliveryFactory, TDeliveries>();
        return services.AddSmtpServer(configure);
    }

    /// <summary>The same with a function that takes each message: <see cref="SmtpMessageDelivery"/>.</summary>
    /// <param name="services">A factory that is already registered stays.</param>
    /// <param name="configure">Sets the options; <see cref="SmtpServerOptions.HostName"/> has no default.</param>
    /// <param name="handler">Takes a message and answers it.</param>
    public static IServiceCollection AddSmtpServer(this IServiceCollection services, Action<SmtpServerOptions> configure, SmtpMessageHandler handler)
    {
        services.TryAddSingleton<ISmtpDeliveryFactory>(provider => new SmtpMessageDelivery(handler, time: provider.GetService<TimeProvider>()));
        return services.AddSmtpServer(configure);
    }

    private static SmtpServer Create(IServiceProvider provider) => new(
        provider.GetRequiredService<IOptions<SmtpServerOptions>>().Value,
        provider.GetService<ISmtpDeliveryFactory>()
            ?? throw new InvalidOperationException($"An SMTP server needs an {nameof(ISmtpDeliveryFactory)}: register one, or use an overload of {nameof(AddSmtpServer)} that takes one or a function."),
        provider.GetRequiredService<TimeProvider>(),
        provider.GetRequiredService<ILoggerFactory>(),
        provider.GetRequiredService<IMeterFactory>());
}
