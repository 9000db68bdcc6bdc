using CsCheck;
using OrleansMail.Contracts.Storage;
using OrleansMail.Grains.State;
using OrleansMail.Grains.Tests.Fakes;

namespace OrleansMail.Grains.Tests.State;

public sealed class PagedTableTests
{
    private static readonly GrainId Grain = GrainId.Create("test", "g");
    private static readonly int Many = Environment.GetEnvironmentVariable("ORLEANSMAIL_TESTS_LONG") == "1" ? 100_000 : 20_000;

    [Fact]
    public Task A_table_is_as_a_sorted_dictionary_would_be_also_after_loading_and_failing_writes() =>
        Gen.Select(Gen.Int[0, 300], Gen.Bool, Gen.Int[0, 20]).Array[1, 600].SampleAsync(async steps =>
        {
            var store = new StateStore();
            var table = await LoadAsync(store);
            var model = new SortedDictionary<string, string>(StringComparer.Ordinal);
            foreach (var (number, keep, failure) in steps)
            {
                var (key, value) = ($"k{number:000}", keep ? $"v{number}" : null);
                var writes = 0;
                // The nth write of the change fails, if it comes to that: a split makes several.
                store.Fails = (operation, _) => operation == "write" && failure is > 0 and < 4 && ++writes == failure;
                try
                {
                    await table.SetAsync(key, value);
                    Apply(model, key, value);
                }
                catch (StoreUnavailableException)
                {
                    store.Fails = (_, _) => false;
                    table = await LoadAsync(store);
                }
            }

            store.Fails = (_, _) => false;
            AssertSame(model, table);
            AssertSame(model, await LoadAsync(store));
        }, iter: 60);

    [Fact]
    public async Task A_change_among_many_entries_rewrites_a_small_page()
    {
        var store = new StateStore();
        var table = await LoadAsync(store);
        for (var i = 0; i < Many; i++)
            await table.SetAsync($"k{(i * 7919L) % Many:000000}", $"v{i}");
        store.LargestWrite = 0;
        var before = store.Writes;
        await table.SetAsync("k010000", "changed");
        Assert.Equal(1, store.Writes - before);
        Assert.True(store.LargestWrite < 64 * PagedTable<string>.MaxWeight, $"{store.LargestWrite} characters");
        Assert.Equal(Many, table.Count);
        Assert.Equal([$"k{Many - 1:000000}"], table.Behind($"k{Many - 2:000000}", 10).Select(e => e.Key));
        Assert.Equal(["k010000", "k010001"], table.Behind("k009999z", 2).Select(e => e.Key));
        var loaded = await LoadAsync(store);
        Assert.Equal("changed", loaded.Find("k010000"));
        Assert.Equal(Many, loaded.Behind(null, Many + 1).Count);
    }

    [Fact]
    public async Task Of_two_writers_that_loaded_the_same_pages_one_is_told()
    {
        var store = new StateStore();
        var (one, two) = (await LoadAsync(store), await LoadAsync(store));
        await one.SetAsync("a", "1");
        await Assert.ThrowsAsync<StoreUnavailableException>(() => two.SetAsync("b", "2"));
        two = await LoadAsync(store);
        await two.SetAsync("b", "2");
        Assert.Equal(["a", "b"], (await LoadAsync(store)).Entries.Select(e => e.Key));
    }

    [Fact]
    public async Task A_page_that_is_lost_is_an_error_and_not_an_empty_table()
    {
        var store = new StateStore();
        var table = await LoadAsync(store);
        for (var i = 0; i < 300; i++)
            await table.SetAsync($"k{i:000}", "v");
        store.Remove(store.Paths.First(p => p.StartsWith("state/t-", StringComparison.Ordinal) && !p.Contains("pages", StringComparison.Ordinal)));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => LoadAsync(store));
    }

    private static async Task<PagedTable<string>> LoadAsync(StateStore store)
    {
        var table = new PagedTable<string>(store, "t", Grain, _ => 1);
        await table.LoadAsync();
        return table;
    }

    private static void Apply(SortedDictionary<string, string> model, string key, string? value)
    {
        if (value is null)
            model.Remove(key);
        else
            model[key] = value;
    }

    private static void AssertSame(SortedDictionary<string, string> model, PagedTable<string> table)
    {
        Assert.Equal(model, table.Entries.Select(e => KeyValuePair.Create(e.Key, e.Value)));
        Assert.Equal(model.Count, table.Count);
        foreach (var key in model.Keys)
            Assert.Equal(model[key], table.Find(key));
        var after = model.Keys.ElementAtOrDefault(model.Count / 2);
        Assert.Equal(model.Keys.Where(k => after is null || string.CompareOrdinal(k, after) > 0).Take(7), table.Behind(after, 7).Select(e => e.Key));
    }
}
