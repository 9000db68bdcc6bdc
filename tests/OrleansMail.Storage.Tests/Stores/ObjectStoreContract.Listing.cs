namespace OrleansMail.Storage.Tests.Stores;

public abstract partial class ObjectStoreContract
{
    // '-' and '.' come before '/', digits and letters after it: a directory is not always beside its namesake.
    private static readonly string[] Paths =
        ["a-b", "a-c/x", "a.b", "a/b", "a/b-c", "a/b.c/d", "a/c/d/e", "a/c/d/f", "a/c0", "a0", "a=41", "aA", "aa/b", "b", "b_c/d"];

    [Fact]
    public async Task A_listing_is_in_ordinal_order()
    {
        await WriteAllAsync();

        Assert.Equal(Paths.Order(StringComparer.Ordinal), await ListAsync("", null));
    }

    [Theory]
    [InlineData("a/")]
    [InlineData("a")]
    [InlineData("a/c")]
    [InlineData("a/c/d/e")]
    [InlineData("a/b.")]
    [InlineData("a/c/d/")]
    [InlineData("c")]
    [InlineData("no/such/")]
    public async Task A_listing_has_what_begins_with_its_prefix(string prefix)
    {
        await WriteAllAsync();

        var expected = Paths.Where(path => path.StartsWith(prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal);
        Assert.Equal(expected, await ListAsync(prefix, null));
    }

    [Theory, InlineData(""), InlineData("a/")]
    public async Task A_listing_goes_on_behind_any_path(string prefix)
    {
        await WriteAllAsync();

        foreach (var after in Paths.Concat(["a", "a/c/d", "a/c/e", "a/c/d/e0", "zz", "0"]))
        {
            var expected = Paths.Where(path => path.StartsWith(prefix, StringComparison.Ordinal) && string.CompareOrdinal(path, after) > 0);
            Assert.Equal(expected.Order(StringComparer.Ordinal), await ListAsync(prefix, after));
        }
    }

    [Fact]
    public async Task A_listing_tells_lengths_and_times()
    {
        await WriteObjectAsync("t/o", Octets(1234));

        var item = await FirstAsync(Store.ListAsync("t/", null, Cancel));

        Assert.Equal(1234, item.Length);
        Assert.InRange(item.LastModified, DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow.AddMinutes(5));
    }

    [Fact]
    public void A_prefix_that_leads_outside_is_refused() =>
        Assert.Throws<ArgumentException>(() => { Store.ListAsync("../", null, Cancel); });

    private static async Task<StoredItem> FirstAsync(IAsyncEnumerable<StoredItem> items)
    {
        await foreach (var item in items)
            return item;
        throw new InvalidOperationException("Nothing was listed.");
    }

    private async Task WriteAllAsync()
    {
        foreach (var path in Paths)
            await Store.WriteValueAsync(path, Octets(3), null, Cancel);
    }

    private async Task<List<string>> ListAsync(string prefix, string? after)
    {
        var paths = new List<string>();
        await foreach (var item in Store.ListAsync(prefix, after, Cancel))
            paths.Add(item.Path);
        return paths;
    }
}
