using OrleansMail.Storage.AzureBlobs;
using OrleansMail.Testing.Stores;

[assembly: AssemblyFixture(typeof(OrleansMail.Storage.Tests.Stores.AzuriteFixture))]

namespace OrleansMail.Storage.Tests.Stores;

/// <summary>One Azurite for all tests of this project, started by the first that needs it; each test has its own container.</summary>
public sealed class AzuriteFixture : IAsyncDisposable
{
    private readonly Lazy<Task<(AzuriteServer? Server, string? Reason)>> starting = new(AzuriteServer.TryStartAsync);

    public async ValueTask DisposeAsync()
    {
        if (starting.IsValueCreated && await starting.Value is { Server: { } server })
            await server.DisposeAsync();
    }

    /// <summary>Its port on loopback; skips the test where there is no Azurite.</summary>
    public async Task<int> PortAsync()
    {
        await ConnectAsync();
        return (await starting.Value).Server!.Port;
    }

    /// <summary>Its connection string; skips the test where there is no Azurite.</summary>
    public async Task<string> ConnectAsync()
    {
        var (server, reason) = await starting.Value;
        Assert.SkipWhen(server is null, reason ?? "");
        return server.ConnectionString;
    }

    /// <summary>Options for a container that nobody else uses.</summary>
    internal async Task<AzureBlobStoreOptions> NewContainerAsync(LosingTransport? transport = null, long maxCopyLength = 256L << 20) => new()
    {
        Connection = await ConnectAsync(),
        Container = $"test-{Guid.NewGuid():n}",
        Transport = transport,
        MaxCopyLength = maxCopyLength,
    };
}
