namespace OrleansMail.Storage.Tests.Stores;

public abstract partial class ObjectStoreContract
{
    private const string LogPath = "wal/p000/0-00000001-ab.log";

    [Fact]
    public async Task A_log_is_made_once()
    {
        await using var log = await Store.CreateLogAsync(LogPath, Cancel);
        await log.AppendAsync(0, One(Octets(10)), Cancel);

        await Assert.ThrowsAsync<StoreConflictException>(async () => await Store.CreateLogAsync(LogPath, Cancel));
        Assert.Equal(Octets(10), await ReadAsync(log, 0, 10));
    }

    [Fact]
    public async Task A_log_that_was_never_made_can_not_be_opened() =>
        await Assert.ThrowsAsync<FileNotFoundException>(async () => await Store.OpenLogAsync(LogPath, Cancel));

    [Fact]
    public async Task Appends_read_back_in_their_order_from_any_handle()
    {
        await using var log = await Store.CreateLogAsync(LogPath, Cancel);
        await log.AppendAsync(0, One(Octets(100)), Cancel);
        await log.AppendAsync(100, Many(Octets(5000, 2), 7), Cancel);
        await log.AppendAsync(5100, One(Octets(1, 3)), Cancel);

        byte[] expected = [.. Octets(100), .. Octets(5000, 2), .. Octets(1, 3)];
        Assert.Equal(expected, await ReadAsync(log, 0, 5101));
        Assert.True(await log.GetLengthAsync(Cancel) >= 5101);
        await using var other = await Store.OpenLogAsync(LogPath, Cancel);
        Assert.Equal(expected[90..4000], await ReadAsync(other, 90, 3910));
        Assert.Equal(expected[90..4000], await ReadAsync(LogPath, 90, 3910));
    }

    [Fact]
    public async Task What_is_behind_the_content_is_zeros_or_nothing()
    {
        await using var log = await Store.CreateLogAsync(LogPath, Cancel);
        await log.AppendAsync(0, One(Octets(100)), Cancel);

        Assert.DoesNotContain(await ReadAsync(log, 100, 3_000_000), octet => octet != 0);
        Assert.Empty(await ReadAsync(log, await log.GetLengthAsync(Cancel), 10));
    }

    [Theory, InlineData(0), InlineData(99), InlineData(101), InlineData(5_000_000)]
    public async Task An_append_anywhere_but_at_the_end_is_a_conflict_and_changes_nothing(long position)
    {
        await using var log = await Store.CreateLogAsync(LogPath, Cancel);
        await log.AppendAsync(0, One(Octets(100)), Cancel);

        await Assert.ThrowsAsync<StoreConflictException>(async () => await log.AppendAsync(position, One(Octets(10, 2)), Cancel));

        await log.AppendAsync(100, One(Octets(10, 3)), Cancel);
        Assert.Equal((byte[])[.. Octets(100), .. Octets(10, 3)], await ReadAsync(log, 0, 110));
    }

    [Fact]
    public async Task The_position_decides_between_two_handles()
    {
        await using var first = await Store.CreateLogAsync(LogPath, Cancel);
        await first.AppendAsync(0, One(Octets(100)), Cancel);
        await using var second = await Store.OpenLogAsync(LogPath, Cancel);

        await second.AppendAsync(100, One(Octets(10, 2)), Cancel);

        await Assert.ThrowsAsync<StoreConflictException>(async () => await first.AppendAsync(100, One(Octets(10, 3)), Cancel));
        await first.AppendAsync(110, One(Octets(5, 4)), Cancel);
        Assert.Equal((byte[])[.. Octets(100), .. Octets(10, 2), .. Octets(5, 4)], await ReadAsync(second, 0, 115));
    }

    [Fact]
    public async Task Of_two_handles_that_race_exactly_one_wins_each_position()
    {
        const int Rounds = 25;
        await using var first = await Store.CreateLogAsync(LogPath, Cancel);
        await using var second = await Store.OpenLogAsync(LogPath, Cancel);
        var expected = new List<byte>();

        for (var round = 0; round < Rounds; round++)
        {
            var won = await Task.WhenAll(
                TryAppendAsync(first, round * 8, Octets(8, round)),
                TryAppendAsync(second, round * 8, Octets(8, -round - 1)));
            Assert.Single(won, w => w);
            expected.AddRange(won[0] ? Octets(8, round) : Octets(8, -round - 1));
        }

        Assert.Equal(expected, await ReadAsync(first, 0, Rounds * 8));
    }

    [Fact]
    public async Task A_log_goes_on_where_an_earlier_handle_left_it()
    {
        await using (var log = await Store.CreateLogAsync(LogPath, Cancel))
            await log.AppendAsync(0, One(Octets(100)), Cancel);

        await using var again = await Store.OpenLogAsync(LogPath, Cancel);
        await Assert.ThrowsAsync<StoreConflictException>(async () => await again.AppendAsync(50, One(Octets(10)), Cancel));
        await again.AppendAsync(100, One(Octets(10, 2)), Cancel);
        Assert.Equal((byte[])[.. Octets(100), .. Octets(10, 2)], await ReadAsync(again, 0, 110));
    }

    [Fact]
    public async Task A_batch_larger_than_what_was_made_ahead_is_taken_whole()
    {
        await using var log = await Store.CreateLogAsync(LogPath, Cancel);
        await log.AppendAsync(0, One(Octets(100)), Cancel);
        await log.AppendAsync(100, Many(Octets(6_000_000, 2), 50_000), Cancel);
        await log.AppendAsync(6_000_100, One(Octets(10, 3)), Cancel);

        Assert.Equal((byte[])[.. Octets(100), .. Octets(6_000_000, 2), .. Octets(10, 3)], await ReadAsync(log, 0, 6_000_110));
    }

    [Fact]
    public async Task A_sealed_log_has_its_content_and_nothing_more()
    {
        await using var log = await Store.CreateLogAsync(LogPath, Cancel);
        await log.AppendAsync(0, One(Octets(100)), Cancel);

        await log.SealAsync(100, Cancel);

        Assert.Equal(100, await log.GetLengthAsync(Cancel));
        Assert.Equal(Octets(100), await ReadAsync(log, 0, 200));
        Assert.Equal(100, (await FirstAsync(Store.ListAsync("wal/", null, Cancel))).Length);
        await Assert.ThrowsAsync<StoreConflictException>(async () => await log.AppendAsync(100, One(Octets(10)), Cancel));
    }

    [Fact]
    public async Task A_deleted_log_can_be_made_anew()
    {
        await using (var log = await Store.CreateLogAsync(LogPath, Cancel))
            await log.AppendAsync(0, One(Octets(100)), Cancel);
        await Store.DeleteAsync(LogPath, null, Cancel);

        await using var again = await Store.CreateLogAsync(LogPath, Cancel);
        await again.AppendAsync(0, One(Octets(10, 2)), Cancel);
        Assert.Equal(Octets(10, 2), await ReadAsync(again, 0, 10));
    }

    /// <summary>Appends; false when someone else did.</summary>
    protected static async Task<bool> TryAppendAsync(IAppendLog log, long position, byte[] octets)
    {
        try
        {
            await Task.Run(async () => await log.AppendAsync(position, One(octets), Cancel));
            return true;
        }
        catch (StoreConflictException)
        {
            return false;
        }
    }
}
