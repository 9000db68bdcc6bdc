using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Azure.Core;
using OrleansMail.Contracts.Storage;
using OrleansMail.Storage.AzureBlobs;

namespace OrleansMail.Storage.Tests.Stores;

/// <summary>The contract over a real Azurite, and what happens when the service does not answer.</summary>
public sealed class BlobStoreTests(AzuriteFixture azurite) : ObjectStoreContract
{
    private readonly LosingTransport transport = new();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        transport.Dispose();
    }

    [Fact]
    public async Task An_append_whose_answer_is_lost_is_sent_once_and_can_be_read_back()
    {
        await using var log = await Store.CreateLogAsync("wal/a.log", Cancel);
        await log.AppendAsync(0, One(Octets(100)), Cancel);
        transport.Loses = request => request.Method == RequestMethod.Put && request.Uri.Query.Contains("comp=appendblock", StringComparison.Ordinal);

        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await log.AppendAsync(100, One(Octets(50, 2)), Cancel));

        Assert.Equal(1, transport.Lost);
        transport.Loses = _ => false;
        Assert.Equal(Octets(50, 2), await ReadAsync(log, 100, 100));
        await Assert.ThrowsAsync<StoreConflictException>(async () => await log.AppendAsync(100, One(Octets(50, 2)), Cancel));
    }

    [Fact]
    public async Task A_read_whose_answer_is_lost_is_tried_again()
    {
        await Store.WriteValueAsync("v", Octets(10), null, Cancel);
        transport.Loses = request => request.Method == RequestMethod.Get && transport.Lost == 0;

        Assert.Equal(Octets(10), (await Store.ReadValueAsync("v", Cancel))!.Value.ToArray());
        Assert.Equal(1, transport.Lost);
    }

    [Fact]
    public async Task Two_stores_that_race_for_a_log_never_both_win_a_position()
    {
        var options = await azurite.NewContainerAsync();
        await using var one = await AzureBlobObjectStore.OpenAsync(options, TimeProvider.System, Cancel);
        await using var two = await AzureBlobObjectStore.OpenAsync(options, TimeProvider.System, Cancel);
        await using var created = await one.CreateLogAsync("wal/a.log", Cancel);

        var won = await Task.WhenAll(AppendAllAsync(one, 1), AppendAllAsync(two, 2));

        var expected = won.SelectMany(batches => batches).OrderBy(batch => batch.Position).ToList();
        Assert.Equal(Enumerable.Range(0, expected.Count).Select(number => number * 8L), expected.Select(batch => batch.Position));
        Assert.Equal(expected.SelectMany(batch => batch.Octets), await ReadAsync(created, 0, 10_000));
        Assert.All(won, batches => Assert.Equal(20, batches.Count));
    }

    [Fact]
    public async Task An_object_too_large_for_one_copy_is_copied_in_blocks()
    {
        await using var store = await AzureBlobObjectStore.OpenAsync(await azurite.NewContainerAsync(maxCopyLength: 100_000), TimeProvider.System, Cancel);
        await using (var writer = await store.CreateObjectAsync("t/o", Cancel))
        {
            await writer.WriteAsync(Octets(1_234_567), Cancel);
            await writer.CommitAsync(Cancel);
        }

        await store.CopyObjectAsync("t/o", "t/p", Cancel);

        await using var stream = await store.OpenReadAsync("t/p", 0, 10_000_000, Cancel);
        using var content = new MemoryStream();
        await stream.CopyToAsync(content, Cancel);
        Assert.Equal(Octets(1_234_567), content.ToArray());
        await Assert.ThrowsAsync<StoreConflictException>(async () => await store.CopyObjectAsync("t/o", "t/p", Cancel));
    }

    [Fact]
    public async Task A_service_that_can_not_be_reached_is_unavailable_at_once()
    {
        // A port that was free a moment ago.
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        var options = new AzureBlobStoreOptions
        {
            Connection = $"DefaultEndpointsProtocol=http;AccountName=a;AccountKey=YQ==;BlobEndpoint=http://127.0.0.1:{port}/a;",
        };

        var started = Stopwatch.GetTimestamp();
        await Assert.ThrowsAsync<StoreUnavailableException>(() => AzureBlobObjectStore.OpenAsync(options, TimeProvider.System, Cancel));
        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task A_service_that_never_answers_is_unavailable_after_the_network_timeout()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var options = new AzureBlobStoreOptions
        {
            Connection = $"DefaultEndpointsProtocol=http;AccountName=a;AccountKey=YQ==;BlobEndpoint=http://127.0.0.1:{((IPEndPoint)silent.LocalEndpoint).Port}/a;",
            NetworkTimeout = TimeSpan.FromMilliseconds(200),
            Retries = 0,
        };

        await Assert.ThrowsAsync<StoreUnavailableException>(() => AzureBlobObjectStore.OpenAsync(options, TimeProvider.System, Cancel));
    }

    [Theory, InlineData("http://account.blob.core.windows.net"), InlineData("ftp://x/y"), InlineData("nonsense")]
    public async Task A_connection_that_is_no_address_and_no_connection_string_is_refused(string connection) =>
        await Assert.ThrowsAsync<FormatException>(() =>
            AzureBlobObjectStore.OpenAsync(new AzureBlobStoreOptions { Connection = connection }, TimeProvider.System, Cancel));

    protected override async ValueTask<IObjectStore> OpenStoreAsync() =>
        await AzureBlobObjectStore.OpenAsync(await azurite.NewContainerAsync(transport), TimeProvider.System, Cancel);

    // Takes 20 positions, each as soon as it is the log's end.
    private static async Task<List<(long Position, byte[] Octets)>> AppendAllAsync(AzureBlobObjectStore store, int seed)
    {
        var won = new List<(long Position, byte[] Octets)>();
        await using var log = await store.OpenLogAsync("wal/a.log", Cancel);
        while (won.Count < 20)
        {
            var position = await log.GetLengthAsync(Cancel);
            var octets = Octets(8, (seed * 1000) + won.Count);
            if (await TryAppendAsync(log, position, octets))
                won.Add((position, octets));
        }

        return won;
    }
}
