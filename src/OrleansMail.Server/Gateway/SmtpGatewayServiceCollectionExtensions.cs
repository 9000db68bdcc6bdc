using Microsoft.Extensions.DependencyInjection.Extensions;
using OrleansMail.Server.Gateway.Authentication;
using OrleansMail.Server.Gateway.Payloads;
using OrleansMail.Server.Gateway.Recipients;
using OrleansMail.Server.Gateway.Recording;
using OrleansMail.Server.Keys;
using OrleansMail.Server.Telemetry;
using OrleansMail.Smtp;
using OrleansMail.Smtp.Authentication;

namespace OrleansMail.Server.Gateway;

/// <summary>Registers the SMTP edge.</summary>
public static class SmtpGatewayServiceCollectionExtensions
{
    /// <summary>
    /// Adds <see cref="ISmtpDeliveryFactory"/> and <see cref="ISmtpAuthenticator"/> over grain interfaces. Needs <see cref="IGrainFactory"/>, <see cref="Contracts.Mailboxes.ILocalMailboxes"/>,
    /// <see cref="Contracts.Storage.IStoreHealth"/> and <see cref="Contracts.Storage.IPayloadStore"/>.
    /// </summary>
    public static IServiceCollection AddSmtpGateway(this IServiceCollection services, Action<GatewayOptions>? configure = null)
    {
        services.AddOptions<GatewayOptions>().Configure(options => configure?.Invoke(options));
        services.TryAddSingleton(TimeProvider.System);
        services.AddMetrics();
        services.TryAddSingleton<GatewayMetrics>();
        services.TryAddSingleton<PayloadBudget>();
        services.TryAddSingleton<MailboxesGrains>();
        services.TryAddSingleton<ResolutionCache>();
        services.TryAddSingleton<OperatorMailboxKeeper>();
        services.TryAddSingleton<PostmasterRoute>();
        services.TryAddSingleton<RecipientPolicy>();
        services.TryAddSingleton<SeenMarks>();
        services.TryAddSingleton<DomainRecorder>();
        services.TryAddSingleton<MessageRecorder>();
        services.TryAddSingleton<PayloadSinkOpener>();
        services.AddTenantKeys();
        services.TryAddSingleton<ISmtpAuthenticator, TenantKeyAuthenticator>();
        services.TryAddSingleton<ISmtpDeliveryFactory, GatewayDeliveryFactory>();
        return services;
    }
}
