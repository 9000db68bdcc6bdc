using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Configuration;
using Orleans.TestingHost;
using OrleansMail.Contracts.Domains;
using OrleansMail.Contracts.Mailboxes;
using OrleansMail.Contracts.Storage;
using OrleansMail.Contracts.Tenants;
using OrleansMail.Contracts;
using OrleansMail.Grains.Partitions;
using OrleansMail.Storage;
using OrleansMail.Storage.GrainState;
using OrleansMail.Storage.Partitions;

namespace OrleansMail.Grains.Tests.Stored;

/// <summary>Silos with the mail grains over a store as the server has them; the store outlives them.</summary>
internal sealed class StoreCluster : IAsyncDisposable
{
    public static readonly PartitionId Partition = new(StoreManifest.DefaultStore, 0);

    private readonly InProcessTestCluster cluster;
    private readonly IObjectStore store;

    private StoreCluster(InProcessTestCluster cluster, IObjectStore store) => (this.cluster, this.store) = (cluster, store);

    public IGrainFactory Grains => cluster.Client;

    public IReadOnlyList<InProcessSiloHandle> Silos => cluster.Silos;

    public static async Task<StoreCluster> StartAsync(IObjectStore store, short silos = 1)
    {
        var builder = new InProcessTestClusterBuilder(silos);
        builder.ConfigureSilo((_, silo) =>
        {
            silo.Services.AddSingleton(store); // an instance: the container does not dispose it
            silo.Services.AddSingleton(Impatient());
            silo.Services.AddSingleton<IPartitionFactory>(_ => new PartitionFactory(store, Impatient(), TimeProvider.System, NullLoggerFactory.Instance));
            silo.AddObjectGrainStorage(GrainStorageNames.Provider);
            silo.AddOrleansMailGrains(o => o.DomainVerification = DomainVerification.None);
            silo.Configure<ClusterMembershipOptions>(o =>
            {
                o.ProbeTimeout = TimeSpan.FromMilliseconds(500);
                o.NumMissedProbesLimit = 2;
                o.NumVotesForDeathDeclaration = 1;
            });
            silo.Configure<SiloMessagingOptions>(o => o.ResponseTimeout = TimeSpan.FromSeconds(5));
        });
        builder.ConfigureClient(client => client.Services.Configure<ClientMessagingOptions>(o => o.ResponseTimeout = TimeSpan.FromSeconds(5)));
        var cluster = builder.Build();
        await cluster.DeployAsync();
        return new(cluster, store);
    }

    public IMailboxesGrain Mailboxes(string tenant, string domain) => Grains.GetMailboxes(TenantId.Parse(tenant), DomainName.Parse(domain));

    /// <summary>The partition, where a silo owns it.</summary>
    public IPartition? Owned(InProcessSiloHandle silo) => silo.ServiceProvider.GetRequiredService<LocalPartitions>().Find(Partition);

    /// <summary>An owner beside the silos', as two activations may be for a moment.</summary>
    public Task<IPartition> OpenRivalAsync() =>
        new PartitionFactory(store, Impatient(), TimeProvider.System, NullLoggerFactory.Instance).OpenAsync(Partition, CancellationToken.None);

    public Task KillAsync(InProcessSiloHandle silo) => cluster.KillSiloAsync(silo);

    public async ValueTask DisposeAsync() => await cluster.DisposeAsync();

    /// <summary>Tries again while a hand-over or an outage lasts, as a client does that is told 451.</summary>
    public static async Task<T> EventuallyAsync<T>(Func<Task<T>> attempt)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            try
            {
                return await attempt();
            }
            catch (Exception exception) when (exception is StoreUnavailableException or OrleansException or TimeoutException && !timeout.IsCancellationRequested)
            {
                await Task.Delay(20, timeout.Token);
            }
        }
    }

    private static PartitionOptions Impatient() => new()
    {
        DedicatedThread = false,
        StoreTimeout = TimeSpan.FromMilliseconds(500),
        ProbeInterval = TimeSpan.FromMilliseconds(50),
    };
}
