using Microsoft.Extensions.Time.Testing;
using OrleansMail.Server.Hosting.Certificates;
using OrleansMail.Storage;
using OrleansMail.Storage.FileSystem;
using OrleansMail.Testing.Processes;
using OrleansMail.Testing.Stores;

namespace OrleansMail.Server.Tests.Hosting.Certificates;

public sealed class SelfSignedCertificateTests : IAsyncDisposable
{
    private readonly MemoryObjectStore store = new();
    private readonly FakeTimeProvider time = new(DateTimeOffset.UtcNow);

    public ValueTask DisposeAsync() => store.DisposeAsync();

    [Fact]
    public async Task It_is_the_same_after_a_restart()
    {
        var first = await OpenAsync("mx.example.test");
        time.Advance(TimeSpan.FromDays(365));

        Assert.Equal(first.Thumbprint, (await OpenAsync("MX.example.test")).Thumbprint);
        Assert.Equal(["mx.example.test"], first.Names);
        Assert.InRange(first.NotAfter, time.GetUtcNow().AddYears(8), time.GetUtcNow().AddYears(10));
    }

    [Fact]
    public async Task Another_host_name_a_near_expiry_and_broken_octets_make_a_new_one()
    {
        var first = await OpenAsync("mx.example.test");
        var renamed = await OpenAsync("other.example.test");
        Assert.Equal(["other.example.test"], renamed.Names);
        Assert.NotEqual(first.Thumbprint, renamed.Thumbprint);

        time.Advance(TimeSpan.FromDays((365 * 10) - 80));
        var renewed = await OpenAsync("other.example.test");
        Assert.NotEqual(renamed.Thumbprint, renewed.Thumbprint);
        Assert.True(renewed.NotAfter > time.GetUtcNow().AddYears(9), "It expires soon.");

        var stored = await store.ReadValueAsync("keys/tls", CancellationToken.None);
        await store.WriteValueAsync("keys/tls", "-----BEGIN CERTIFICATE-----"u8.ToArray(), stored!.ETag, CancellationToken.None);
        Assert.NotEqual(renewed.Thumbprint, (await OpenAsync("other.example.test")).Thumbprint);
    }

    [Fact]
    public async Task Two_silos_that_start_at_once_have_the_same()
    {
        var both = await Task.WhenAll(OpenAsync("mx.example.test"), OpenAsync("mx.example.test"));

        Assert.Equal(both[0].Thumbprint, both[1].Thumbprint);
    }

    [Fact]
    public async Task Only_the_servers_user_can_read_the_key_in_a_folder()
    {
        if (OperatingSystem.IsWindows())
            return; // it has no such modes
        using var folder = new TemporaryFolder();
        await using IObjectStore files = FileSystemObjectStore.Open(folder.Path);
        await ServerCertificates.OpenOwnAsync(files, "mx.example.test", time, CancellationToken.None);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder.File("keys/tls")));
    }

    private async Task<ServerCertificate> OpenAsync(string host) => (await ServerCertificates.OpenOwnAsync(store, host, time, CancellationToken.None)).Default;
}
