using OrleansMail.Contracts;
using OrleansMail.Contracts.Messages;
using OrleansMail.Contracts.Storage;
using OrleansMail.Storage.FileSystem;
using OrleansMail.Storage.Objects;

namespace OrleansMail.Storage.Tests.Objects;

/// <summary>Payload objects, and payloads read wherever they are.</summary>
public sealed class PayloadStoreTests : IAsyncDisposable
{
    private static readonly Incarnation Tenant = new(Ulid.NewUlid());
    private static readonly Incarnation Domain = new(Ulid.NewUlid());

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("orleansmail-payloads-");
    private readonly FileSystemObjectStore store;
    private readonly PayloadStore payloads;

    public PayloadStoreTests()
    {
        store = FileSystemObjectStore.Open(folder.FullName);
        payloads = new PayloadStore(store);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await store.DisposeAsync();
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_payload_lies_under_its_tenant_and_domain_and_reads_back_in_ranges()
    {
        var id = Ulid.NewUlid();
        var path = await WriteAsync(id, "Subject: x\r\n\r\nhello"u8.ToArray());

        Assert.Equal($"t/{Tenant}/{Domain}/obj/{id}", path);
        var location = new PayloadLocation(StoreManifest.DefaultStore, path, 0, 19);
        Assert.Equal("Subject: x\r\n\r\nhello"u8.ToArray(), await ReadAsync(location, 0, 19));
        Assert.Equal("hello"u8.ToArray(), await ReadAsync(location, 14, 1000));
        Assert.Empty(await ReadAsync(location, 19, 5));
    }

    [Fact]
    public async Task A_payload_inside_a_log_ends_where_its_range_does()
    {
        await using var log = await store.CreateLogAsync("wal/p000/a.log", Cancel);
        await log.AppendAsync(0, new("headHELLOtail"u8.ToArray()), Cancel);

        Assert.Equal("ELLO"u8.ToArray(), await ReadAsync(new PayloadLocation(StoreManifest.DefaultStore, "wal/p000/a.log", 4, 5), 1, 100));
    }

    [Fact]
    public async Task A_copy_for_another_domain_outlives_the_first()
    {
        var source = new PayloadObject(default, Tenant, Domain, Ulid.NewUlid());
        await WriteAsync(source.Record, "hello"u8.ToArray());
        var (other, id) = (new Incarnation(Ulid.NewUlid()), Ulid.NewUlid());

        var target = new PayloadObject(default, Tenant, other, id);
        await payloads.CopyAsync(source, 5, target, Cancel);
        await payloads.DeleteAsync(source, Cancel);
        var copy = target.Path;

        Assert.Equal($"t/{Tenant}/{other}/obj/{id}", copy);
        Assert.Equal("hello"u8.ToArray(), await ReadAsync(new PayloadLocation(StoreManifest.DefaultStore, copy, 0, 5), 0, 5));
    }

    [Fact]
    public async Task A_payload_that_is_missing_or_short_is_reported_as_damage()
    {
        var id = Ulid.NewUlid();
        var path = await WriteAsync(id, "hello"u8.ToArray());

        await Assert.ThrowsAsync<PayloadDamagedException>(() => ReadAsync(new PayloadLocation(StoreManifest.DefaultStore, path, 0, 6), 0, 6));
        await payloads.DeleteAsync(new PayloadObject(default, Tenant, Domain, id), Cancel);
        await Assert.ThrowsAsync<PayloadDamagedException>(() => ReadAsync(new PayloadLocation(StoreManifest.DefaultStore, path, 0, 5), 0, 5));
    }

    [Fact]
    public async Task A_payload_of_a_store_that_is_not_open_is_unavailable() =>
        await Assert.ThrowsAsync<StoreUnavailableException>(() => ReadAsync(new PayloadLocation("other", "a", 0, 5), 0, 5));

    private async Task<string> WriteAsync(Ulid id, byte[] content)
    {
        await using var writer = await payloads.CreateAsync(new PayloadObject(default, Tenant, Domain, id), Cancel);
        await writer.WriteAsync(content, Cancel);
        await writer.CommitAsync(Cancel);
        return writer.Path;
    }

    private async Task<byte[]> ReadAsync(PayloadLocation location, long offset, long length)
    {
        await using var stream = await payloads.OpenReadAsync(location, offset, length, Cancel);
        using var content = new MemoryStream();
        await stream.CopyToAsync(content, Cancel);
        return content.ToArray();
    }
}
