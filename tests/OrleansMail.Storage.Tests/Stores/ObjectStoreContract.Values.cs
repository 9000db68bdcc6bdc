namespace OrleansMail.Storage.Tests.Stores;

public abstract partial class ObjectStoreContract
{
    [Fact]
    public async Task A_value_that_was_never_written_is_null() =>
        Assert.Null(await Store.ReadValueAsync("a/b", Cancel));

    [Theory, InlineData(0), InlineData(1), InlineData(70_000)]
    public async Task A_value_reads_back_with_the_etag_its_write_returned(int length)
    {
        var value = Octets(length);
        var etag = await Store.WriteValueAsync("a/b/c", value, null, Cancel);

        var stored = await Store.ReadValueAsync("a/b/c", Cancel);

        Assert.NotNull(stored);
        Assert.Equal(value, stored.Value.ToArray());
        Assert.Equal(etag, stored.ETag);
    }

    [Fact]
    public async Task A_new_value_is_refused_when_one_exists()
    {
        await Store.WriteValueAsync("v", Octets(5), null, Cancel);

        await Assert.ThrowsAsync<StoreConflictException>(async () => await Store.WriteValueAsync("v", Octets(5, 2), null, Cancel));
        Assert.Equal(Octets(5), (await Store.ReadValueAsync("v", Cancel))!.Value.ToArray());
    }

    [Fact]
    public async Task A_value_is_replaced_only_under_its_current_etag()
    {
        var first = await Store.WriteValueAsync("v", Octets(5), null, Cancel);
        var second = await Store.WriteValueAsync("v", Octets(6, 2), first, Cancel);

        Assert.NotEqual(first, second);
        await Assert.ThrowsAsync<StoreConflictException>(async () => await Store.WriteValueAsync("v", Octets(7, 3), first, Cancel));
        Assert.Equal(Octets(6, 2), (await Store.ReadValueAsync("v", Cancel))!.Value.ToArray());
    }

    [Fact]
    public async Task A_value_that_is_gone_is_not_replaced()
    {
        var etag = await Store.WriteValueAsync("v", Octets(5), null, Cancel);
        await Store.DeleteAsync("v", null, Cancel);

        await Assert.ThrowsAsync<StoreConflictException>(async () => await Store.WriteValueAsync("v", Octets(6), etag, Cancel));
        Assert.Null(await Store.ReadValueAsync("v", Cancel));
    }

    [Fact]
    public async Task Of_many_writers_that_read_the_same_value_one_wins()
    {
        var etag = await Store.WriteValueAsync("v", Octets(5), null, Cancel);

        var wins = await Task.WhenAll(Enumerable.Range(2, 16).Select(async seed =>
        {
            try
            {
                await Store.WriteValueAsync("v", Octets(5, seed), etag, Cancel);
                return seed;
            }
            catch (StoreConflictException)
            {
                return 0;
            }
        }));

        var winner = Assert.Single(wins, win => win != 0);
        Assert.Equal(Octets(5, winner), (await Store.ReadValueAsync("v", Cancel))!.Value.ToArray());
    }

    [Fact]
    public async Task A_value_is_deleted_only_under_its_current_etag_when_one_is_given()
    {
        var first = await Store.WriteValueAsync("v", Octets(5), null, Cancel);
        var second = await Store.WriteValueAsync("v", Octets(6), first, Cancel);

        await Assert.ThrowsAsync<StoreConflictException>(async () => await Store.DeleteAsync("v", first, Cancel));
        Assert.NotNull(await Store.ReadValueAsync("v", Cancel));
        await Store.DeleteAsync("v", second, Cancel);
        Assert.Null(await Store.ReadValueAsync("v", Cancel));
    }

    [Theory, InlineData(null), InlineData("0123")]
    public async Task Deleting_what_is_missing_is_no_error(string? etag) => await Store.DeleteAsync("no/such", etag, Cancel);

    [Theory]
    [InlineData("")]
    [InlineData("/v")]
    [InlineData("v/")]
    [InlineData("a//b")]
    [InlineData("../v")]
    [InlineData("a/../../v")]
    [InlineData("a/./v")]
    [InlineData("a\\..\\v")]
    [InlineData("c:v")]
    [InlineData("a/v\0")]
    [InlineData("a/%2e%2e/v")]
    [InlineData("~lock")]
    [InlineData("ä")]
    public async Task A_path_of_another_form_is_refused(string path)
    {
        await Assert.ThrowsAsync<ArgumentException>(async () => await Store.WriteValueAsync(path, Octets(1), null, Cancel));
        await Assert.ThrowsAsync<ArgumentException>(async () => await Store.ReadValueAsync(path, Cancel));
        await Assert.ThrowsAsync<ArgumentException>(async () => await Store.DeleteAsync(path, null, Cancel));
        await Assert.ThrowsAsync<ArgumentException>(async () => await Store.OpenReadAsync(path, 0, 1, Cancel));
        await Assert.ThrowsAsync<ArgumentException>(async () => await Store.CreateObjectAsync(path, Cancel));
        await Assert.ThrowsAsync<ArgumentException>(async () => await Store.CopyObjectAsync("a", path, Cancel));
        await Assert.ThrowsAsync<ArgumentException>(async () => await Store.CreateLogAsync(path, Cancel));
        await Assert.ThrowsAsync<ArgumentException>(async () => await Store.OpenLogAsync(path, Cancel));
    }
}
