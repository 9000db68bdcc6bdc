using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using OrleansMail.Contracts.Storage;
using OrleansMail.Grains.State;
using OrleansMail.Grains.Tests.Fakes;
using OrleansMail.Grains.Verification;
using OrleansMail.Storage;
using OrleansMail.Storage.Verification;
using OrleansMail.Testing.Stores;

namespace OrleansMail.Grains.Tests.Verification;

public sealed class VerificationPassTests : IAsyncDisposable
{
    private static readonly GrainId Grain = GrainId.Create("verification", "default");
    private readonly FakeTimeProvider time = new(DateTimeOffset.UnixEpoch.AddYears(60));
    private readonly StateStore states = new();
    private readonly MemoryObjectStore store = new();

    public ValueTask DisposeAsync() => store.DisposeAsync();

    [Fact]
    public async Task A_pass_that_is_done_says_when_and_what_it_found()
    {
        await MakeAsync();

        await Pass().RunAsync(CancellationToken.None);

        Assert.Equal(new VerificationState { CompletedAt = time.GetUtcNow(), Mismatches = 2 }, await Document().ReadAsync());
    }

    [Fact]
    public async Task A_pass_goes_on_behind_the_position_and_adds_to_what_was_found()
    {
        await MakeAsync();
        await Document().WriteAsync(new VerificationState { Position = DomainPrefix(1) + "~", Found = 5 });

        await Pass().RunAsync(CancellationToken.None);

        Assert.Equal(6, (await Document().ReadAsync()).Mismatches);
    }

    [Fact]
    public async Task A_store_that_is_none_ends_the_pass_and_leaves_its_position()
    {
        await Document().WriteAsync(new VerificationState { Position = "t/x", Found = 5 });

        await Assert.ThrowsAsync<StoreUnavailableException>(() => Pass().RunAsync(CancellationToken.None));

        Assert.Equal("t/x", (await Document().ReadAsync()).Position);
    }

    [Fact]
    public async Task Reading_waits_for_as_long_as_its_rate_asks()
    {
        var limit = new ReadLimit(1000, time);
        await limit.ReadAsync(10, CancellationToken.None); // too little to wait for

        var waiting = limit.ReadAsync(990, CancellationToken.None).AsTask();
        time.Advance(TimeSpan.FromMilliseconds(999));
        Assert.False(waiting.IsCompleted);
        time.Advance(TimeSpan.FromMilliseconds(1));

        await waiting;
    }

    private static string DomainPrefix(int number) => $"t/{new Ulid(new byte[16])}/{new Ulid([.. new byte[15], (byte)number])}/";

    private VerificationPass Pass() =>
        new(store, Document(), new MailGrainOptions { VerifyBytesPerSecond = long.MaxValue }, new VerificationMetrics(null, time), time, NullLogger.Instance);

    private GrainDocument<VerificationState> Document() => new(states, GrainStorageNames.Verification, Grain);

    // Two domains whose heads are damaged.
    private async Task MakeAsync()
    {
        await StoreManifest.OpenAsync(store, 1, CancellationToken.None);
        store.Overwrite(DomainPrefix(1) + "head", new byte[10]);
        store.Overwrite(DomainPrefix(2) + "head", new byte[10]);
    }
}
