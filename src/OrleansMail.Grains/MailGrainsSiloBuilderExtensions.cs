using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using OrleansMail.Contracts;
using OrleansMail.Contracts.Domains;
using OrleansMail.Contracts.Mailboxes;
using OrleansMail.Contracts.Storage;
using OrleansMail.Contracts.Tenants;
using OrleansMail.Grains.Domains;
using OrleansMail.Grains.Mailboxes;
using OrleansMail.Grains.Maintenance;
using OrleansMail.Grains.Partitions;
using OrleansMail.Grains.Tenants;
using OrleansMail.Storage;
using OrleansMail.Storage.Stores;
using OrleansMail.Storage.Verification;

namespace OrleansMail.Grains;

/// <summary>Registers what the grains need in a silo.</summary>
public static class MailGrainsSiloBuilderExtensions
{
    /// <summary>
    /// Adds the services of the mail grains. The host adds, before or after: <c>IObjectStore</c>, <c>IPartitionFactory</c>, grain storage
    /// named <see cref="GrainStorageNames.Provider"/>, and with <see cref="DomainVerification.Dns"/> an <see cref="IDomainVerifier"/>
    /// registered before this call; without one each claim stays pending. Before it too: an <see cref="ITenantKeys"/> and an
    /// <see cref="ITenantStores"/>, without which no tenant's mail is sealed or kept in a store of its own.
    /// </summary>
    public static ISiloBuilder AddOrleansMailGrains(this ISiloBuilder silo, Action<MailGrainOptions>? configure = null)
    {
        var services = silo.Services;
        var options = services.AddOptions<MailGrainOptions>()
            .Validate(o => (o.Partitions ?? o.DefaultPartitions) is >= 1 and <= MailGrainOptions.MaxPartitions, $"Partitions: from 1 to {MailGrainOptions.MaxPartitions}.")
            .ValidateOnStart();
        if (configure is not null)
            options.Configure(configure);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<LocalPartitions>();
        services.TryAddSingleton<IStoreHealth>(s => s.GetRequiredService<LocalPartitions>());
        services.TryAddSingleton<StoreManifestReader>();
        services.TryAddSingleton<PartitionRouter>();
        services.TryAddSingleton<LocalDomains>();
        services.TryAddSingleton<ILocalMailboxes>(static s => s.GetRequiredService<LocalDomains>());
        services.TryAddSingleton(s => new VerificationMetrics(s.GetService<IMeterFactory>(), s.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<ITenantIndex, TenantIndex>();
        services.TryAddSingleton(s => new MaintenanceMetrics(s.GetRequiredService<TimeProvider>(), s.GetService<IMeterFactory>()));
        services.TryAddSingleton<TenantWalk>();
        services.AddHostedService<JanitorVisits>();

        services.TryAddSingleton<IObjectStores>(static s => new SharedStore(s.GetRequiredService<IObjectStore>()));
        services.TryAddSingleton<ITenantKeys, NoTenantKeys>();
        services.TryAddSingleton<ITenantStores, NoTenantStores>();
        services.TryAddSingleton<IDomainVerifier>(s => s.GetRequiredService<IOptions<MailGrainOptions>>().Value.DomainVerification switch
        {
            DomainVerification.None => new AcceptingVerifier(),
            _ => new PendingVerifier(),
        });
        return silo.AddStartupTask(static (s, _) => StartAsync(s.GetRequiredService<IGrainFactory>(), s.GetRequiredService<IOptions<MailGrainOptions>>().Value.Partitions));
    }

    private static async Task StartAsync(IGrainFactory grains, int? partitions)
    {
        await grains.GetGrain<IVerificationGrain>(StoreManifest.DefaultStore).StartAsync();
        var change = grains.GetPartitionChange(StoreManifest.DefaultStore);
        await (partitions is { } number ? change.ChangeAsync(number) : change.ResumeAsync());
    }
}
