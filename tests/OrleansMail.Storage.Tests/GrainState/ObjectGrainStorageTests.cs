using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using Orleans.Storage;
using OrleansMail.Contracts;
using OrleansMail.Contracts.Storage;
using OrleansMail.Storage.FileSystem;
using OrleansMail.Storage.GrainState;

namespace OrleansMail.Storage.Tests.GrainState;

/// <summary>Grain state over a folder, through the registration that a silo uses.</summary>
public sealed class ObjectGrainStorageTests : IAsyncDisposable
{
    private const string Provider = "orleansmail";
    private static readonly GrainId Grain = GrainId.Create("tenant", "Demo/Ünicode test");

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("orleansmail-state-");
    private readonly FileSystemObjectStore store;
    private readonly ServiceProvider services;
    private readonly IGrainStorage storage;

    public ObjectGrainStorageTests()
    {
        store = FileSystemObjectStore.Open(folder.FullName);
        services = new ServiceCollection()
            .AddSerializer()
            .AddSingleton<IObjectStore>(store)
            .AddObjectGrainStorage(Provider)
            .BuildServiceProvider();
        storage = services.GetRequiredKeyedService<IGrainStorage>(Provider);
    }

    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        await store.DisposeAsync();
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_state_that_was_never_written_is_new()
    {
        var state = await ReadAsync();

        Assert.False(state.RecordExists);
        Assert.Null(state.ETag);
        Assert.Empty(state.State.Names);
    }

    [Fact]
    public async Task A_state_reads_back_as_it_was_written()
    {
        var written = await WriteAsync("one", "twö");

        var read = await ReadAsync();

        Assert.True(written.RecordExists);
        Assert.True(read.RecordExists);
        Assert.Equal(written.ETag, read.ETag);
        Assert.Equal(["one", "twö"], read.State.Names);
        Assert.Equal(written.State.Id, read.State.Id);
        Assert.Equal(written.State.Incarnation, read.State.Incarnation);
        Assert.Equal(written.State.At, read.State.At);
    }

    [Fact]
    public async Task A_write_over_someone_elses_is_an_inconsistent_state()
    {
        var first = await WriteAsync("one");
        var second = await ReadAsync();
        second.State.Names.Add("two");
        await storage.WriteStateAsync("s", Grain, second);

        first.State.Names.Add("three");

        await Assert.ThrowsAsync<InconsistentStateException>(() => storage.WriteStateAsync("s", Grain, first));
        await Assert.ThrowsAsync<InconsistentStateException>(() => storage.ClearStateAsync("s", Grain, first));
        await Assert.ThrowsAsync<InconsistentStateException>(() => storage.WriteStateAsync("s", Grain, new Stored()));
        await Assert.ThrowsAsync<InconsistentStateException>(() => storage.ClearStateAsync("s", Grain, new Stored()));
        Assert.Equal(["one", "two"], (await ReadAsync()).State.Names);
    }

    [Fact]
    public async Task A_cleared_state_is_gone_and_can_be_written_anew()
    {
        var state = await WriteAsync("one");

        await storage.ClearStateAsync("s", Grain, state);

        Assert.False(state.RecordExists);
        Assert.Empty(state.State.Names);
        Assert.False((await ReadAsync()).RecordExists);
        state.State.Names.Add("two");
        await storage.WriteStateAsync("s", Grain, state);
        Assert.Equal(["two"], (await ReadAsync()).State.Names);
    }

    [Fact]
    public async Task A_damaged_state_is_not_taken_for_a_new_one()
    {
        await store.WriteValueAsync(GrainStatePaths.Of("s", Grain.Key.ToString()!), "{\"names\":["u8.ToArray(), null, TestContext.Current.CancellationToken);

        await Assert.ThrowsAsync<StoreUnavailableException>(ReadAsync);
    }

    private async Task<Stored> ReadAsync()
    {
        var state = new Stored();
        await storage.ReadStateAsync("s", Grain, state);
        return state;
    }

    private async Task<Stored> WriteAsync(params string[] names)
    {
        var id = Ulid.NewUlid();
        var state = new Stored { State = { Id = id, Incarnation = new Incarnation(id), At = DateTimeOffset.UnixEpoch.AddTicks(7), Names = [.. names] } };
        await storage.WriteStateAsync("s", Grain, state);
        return state;
    }

    private sealed class Stored : IGrainState<Sample>
    {
        [AllowNull]
        public Sample State { get => field ??= new(); set; }

        public string? ETag { get; set; }

        public bool RecordExists { get; set; }
    }

    internal sealed class Sample
    {
        public Ulid Id { get; set; }

        public Incarnation Incarnation { get; set; }

        public DateTimeOffset At { get; set; }

        public List<string> Names { get; set; } = [];
    }
}
