using Orleans.Configuration;
using OrleansMail.Grains;
using OrleansMail.Server.Hosting.Listening;
using OrleansMail.Server.Hosting.Settings;
using OrleansMail.Server.Hosting.Storage;
using OrleansMail.Storage.GrainState;

namespace OrleansMail.Server.Hosting;

/// <summary>The Orleans silo in this process.</summary>
internal static class SiloComposition
{
    // Longer than the store's own limit of 10 s, so that a caller learns what the store said.
    private static readonly TimeSpan ResponseTimeout = TimeSpan.FromSeconds(15);

    /// <summary>One silo, alone, on loopback.</summary>
    public static void Compose(ISiloBuilder orleans, SiloPorts ports, OrleansMailSettings settings, OpenedStore store, bool isDevelopment)
    {
        orleans.UseLocalhostClustering(ports.Silo, ports.Gateway, serviceId: "orleansmail", clusterId: "orleansmail");
        orleans.AddObjectGrainStorage(GrainStorageNames.Provider);
        orleans.AddOrleansMailGrains(options =>
        {
            options.Partitions = settings.Storage.Partitions;
            options.DefaultPartitions = store.DefaultPartitions;
            options.MaintainEvery = settings.Storage.MaintainEvery;
            options.DeleteWithin = settings.Storage.DeleteWithin;
            options.VerifyEvery = settings.Storage.VerifyEvery;
            options.AllowEmulator = isDevelopment;
            options.DomainVerification = settings.Domains.Verification;
        });
        orleans.Configure<SiloMessagingOptions>(options => options.ResponseTimeout = ResponseTimeout);
        orleans.Configure<ClientMessagingOptions>(options => options.ResponseTimeout = ResponseTimeout);
    }
}
