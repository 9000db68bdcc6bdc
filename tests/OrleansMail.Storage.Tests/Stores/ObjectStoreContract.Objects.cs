namespace OrleansMail.Storage.Tests.Stores;

public abstract partial class ObjectStoreContract
{
    // The last one takes more than two blocks of a blob.
    [Theory, InlineData(0), InlineData(1), InlineData(200_000), InlineData(9_000_000)]
    public async Task An_object_reads_back_as_it_was_streamed(int length)
    {
        var content = Octets(length);
        await WriteObjectAsync("t/o", content, piece: 65_521);

        Assert.Equal(content, await ReadAsync("t/o"));
    }

    [Fact]
    public async Task An_object_does_not_exist_before_it_is_committed()
    {
        await using var writer = await Store.CreateObjectAsync("t/o", Cancel);
        await writer.WriteAsync(Octets(5_000_000), Cancel);

        Assert.Empty(await ListAsync("", null));
        await Assert.ThrowsAsync<FileNotFoundException>(async () => await Store.OpenReadAsync("t/o", 0, 1, Cancel));

        await writer.CommitAsync(Cancel);
        Assert.Equal(["t/o"], await ListAsync("", null));
    }

    [Fact]
    public async Task An_object_that_is_given_up_leaves_nothing()
    {
        await using (var writer = await Store.CreateObjectAsync("t/o", Cancel))
            await writer.WriteAsync(Octets(5_000_000), Cancel);

        Assert.Empty(await ListAsync("", null));
        await WriteObjectAsync("t/o", Octets(5_000_001, 2));
        Assert.Equal(Octets(5_000_001, 2), await ReadAsync("t/o"));
    }

    [Theory, InlineData(3), InlineData(5_000_000)]
    public async Task An_object_never_overwrites_another(int length)
    {
        await WriteObjectAsync("t/o", Octets(7));

        await Assert.ThrowsAsync<StoreConflictException>(() => WriteObjectAsync("t/o", Octets(length, 2)));
        Assert.Equal(Octets(7), await ReadAsync("t/o"));
    }

    [Fact]
    public async Task A_buffer_may_be_used_again_once_it_is_written()
    {
        await using (var writer = await Store.CreateObjectAsync("t/o", Cancel))
        {
            var buffer = Octets(1000);
            await writer.WriteAsync(buffer, Cancel);
            buffer.AsSpan().Clear();
            await writer.CommitAsync(Cancel);
        }

        Assert.Equal(Octets(1000), await ReadAsync("t/o"));
    }

    [Theory]
    [InlineData(0, 10)]
    [InlineData(10, 0)]
    [InlineData(995, 5)]
    [InlineData(990, 100)]
    [InlineData(1000, 5)]
    [InlineData(5000, 5)]
    public async Task A_range_gives_what_there_is_of_it(long offset, long length)
    {
        var content = Octets(1000);
        await WriteObjectAsync("t/o", content);

        var expected = content.Skip((int)offset).Take((int)length).ToArray();
        Assert.Equal(expected, await ReadAsync("t/o", offset, length));
    }

    [Fact]
    public async Task Much_is_read_at_once_where_there_is_room_for_it()
    {
        var content = Octets(3_000_000);
        await WriteObjectAsync("t/o", content);

        await using var stream = await Store.OpenReadAsync("t/o", 1_000_000, 5_000_000, Cancel);
        var buffer = new byte[5_000_000];
        Assert.Equal(2_000_000, await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, Cancel));
        Assert.Equal(content[1_000_000..], buffer[..2_000_000]);
    }

    [Fact]
    public async Task Reading_what_is_missing_says_so() =>
        await Assert.ThrowsAsync<FileNotFoundException>(async () => await Store.OpenReadAsync("no/such", 0, 1, Cancel));

    [Fact]
    public async Task What_was_deleted_is_gone_for_who_read_it_and_another_object_of_its_path_is_read_anew()
    {
        await WriteObjectAsync("t/o", Octets(1000));
        Assert.Equal(Octets(1000), await ReadAsync("t/o"));

        await Store.DeleteAsync("t/o", null, Cancel);
        await Assert.ThrowsAsync<FileNotFoundException>(() => ReadAsync("t/o"));

        await WriteObjectAsync("t/o", Octets(2000, 2));
        Assert.Equal(Octets(2000, 2), await ReadAsync("t/o"));
    }

    [Fact]
    public async Task A_value_that_is_written_again_is_read_anew_by_range_too()
    {
        var etag = await Store.WriteValueAsync("t/v", Octets(10), null, Cancel);
        Assert.Equal(Octets(10), await ReadAsync("t/v"));

        await Store.WriteValueAsync("t/v", Octets(20, 2), etag, Cancel);
        Assert.Equal(Octets(20, 2), await ReadAsync("t/v"));
    }

    [Theory, InlineData(0), InlineData(1000), InlineData(9_000_000)]
    public async Task A_copy_outlives_its_source(int length)
    {
        await WriteObjectAsync("t/o", Octets(length));

        await Store.CopyObjectAsync("t/o", "u/p", Cancel);
        await Store.DeleteAsync("t/o", null, Cancel);

        Assert.Equal(Octets(length), await ReadAsync("u/p"));
        Assert.Equal(["u/p"], await ListAsync("", null));
    }

    [Fact]
    public async Task A_copy_never_overwrites()
    {
        await WriteObjectAsync("t/o", Octets(10));
        await WriteObjectAsync("t/p", Octets(20));

        await Assert.ThrowsAsync<StoreConflictException>(async () => await Store.CopyObjectAsync("t/o", "t/p", Cancel));
        Assert.Equal(Octets(20), await ReadAsync("t/p"));
    }

    [Fact]
    public async Task A_copy_of_what_is_missing_says_so() =>
        await Assert.ThrowsAsync<FileNotFoundException>(async () => await Store.CopyObjectAsync("no/such", "t/p", Cancel));

    [Fact]
    public async Task There_is_room_for_a_little_and_asking_costs_no_exception() =>
        Assert.True(await Store.HasRoomAsync(1, Cancel));
}
