using CsCheck;
using OrleansMail.Storage.FileSystem;
using OrleansMail.Storage.GrainState;
using OrleansMail.Storage.Objects;

namespace OrleansMail.Storage.Tests.GrainState;

/// <summary>How grain keys become paths: part of the store's format.</summary>
public sealed class GrainStatePathsTests
{
    // Characters that mean something to paths, to the escape itself, or to file systems that ignore case.
    private static readonly Gen<string> Keys =
        Gen.OneOf(Gen.Char, Gen.Char["aA./=\\-_0~é\0"]).Array[0, 300].Select(characters => new string(characters));

    [Theory]
    [InlineData("demo", "state/tenant/demo")]
    [InlineData("demo/demo.test", "state/tenant/demo=2fdemo.test")]
    [InlineData("", "state/tenant/=")]
    [InlineData(".", "state/tenant/=2e")]
    [InlineData("..", "state/tenant/=2e.")]
    [InlineData("A=b", "state/tenant/=41=3db")]
    [InlineData("é", "state/tenant/=c3=a9")]
    public void A_key_has_the_path_of_the_format(string key, string path) => Assert.Equal(path, GrainStatePaths.Of("tenant", key));

    [Fact]
    public void Distinct_keys_have_distinct_paths_also_where_case_is_ignored() =>
        Gen.Select(Keys, Keys, Gen.String[0, 2]).Sample((first, second, tail) =>
        {
            foreach (var other in new[] { second, first + tail, first.ToUpperInvariant(), first.Replace('/', '=') })
            {
                var same = System.Text.Encoding.UTF8.GetBytes(first).AsSpan().SequenceEqual(System.Text.Encoding.UTF8.GetBytes(other));
                if (same != string.Equals(GrainStatePaths.Of("s", first), GrainStatePaths.Of("s", other), StringComparison.OrdinalIgnoreCase))
                    return false;
            }

            return true;
        }, iter: 2000);

    [Fact]
    public void Every_key_has_a_path_that_stores_take() =>
        Keys.Sample(key => StorePath.IsValid(GrainStatePaths.Of("s", key)), iter: 2000);

    [Fact]
    public void Long_keys_differ_in_their_ends()
    {
        var common = new string('k', 1000);

        Assert.NotEqual(GrainStatePaths.Of("s", common + "1"), GrainStatePaths.Of("s", common + "2"));
        Assert.True(StorePath.IsValid(GrainStatePaths.Of("s", common)));
    }

    [Fact]
    public async Task Keys_are_listed_in_order_from_behind_any_of_them()
    {
        var folder = Directory.CreateTempSubdirectory("orleansmail-keys-");
        try
        {
            await using var store = FileSystemObjectStore.Open(folder.FullName);
            foreach (var key in new[] { "b", "a-1", "a", "c/d", "", new string('x', 500) })
                await store.WriteValueAsync(GrainStatePaths.Of("tenant", key), "{}"u8.ToArray(), null, TestContext.Current.CancellationToken);
            await store.WriteValueAsync(GrainStatePaths.Of("tenant2", "other"), "{}"u8.ToArray(), null, TestContext.Current.CancellationToken);

            Assert.Equal(["", "a", "a-1", "b", "c/d"], await GrainStatePaths.ListKeysAsync(store, "tenant", null).ToListAsync());
            Assert.Equal(["a-1", "b", "c/d"], await GrainStatePaths.ListKeysAsync(store, "tenant", "a").ToListAsync());
            Assert.Equal(["b", "c/d"], await GrainStatePaths.ListKeysAsync(store, "tenant", "a5").ToListAsync());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
