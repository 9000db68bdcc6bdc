using CsCheck;
using OrleansMail.Storage.Packs;

namespace OrleansMail.Storage.Tests.Packs;

public sealed class PackBlockCacheTests
{
    private const int Size = 1000;
    private const int Overhead = 256;

    [Fact]
    public void What_was_not_used_for_longest_goes_first()
    {
        using var cache = new PackBlockCache(2 * (Size + Overhead));
        cache.Hold("a", 0, "a0", Size);
        cache.Hold("a", 64, "a64", Size);
        Assert.Equal("a0", cache.Find<string>("a", 0));

        cache.Hold("b", 0, "b0", Size);

        Assert.Equal(("a0", null, "b0"), (cache.Find<string>("a", 0), cache.Find<string>("a", 64), cache.Find<string>("b", 0)));
    }

    [Fact]
    public void What_is_larger_than_the_bound_is_not_held_and_drives_nothing_out()
    {
        using var cache = new PackBlockCache(2 * (Size + Overhead));
        cache.Hold("a", 0, "a0", Size);

        cache.Hold("b", 0, "b0", 3 * Size);

        Assert.Equal(("a0", null), (cache.Find<string>("a", 0), cache.Find<string>("b", 0)));
    }

    [Fact]
    public void Never_more_octets_are_held_than_the_bound_and_never_what_was_not_put_there() => Gen
        .Select(Gen.Int[0, 9], Gen.Int[0, 400], Gen.Bool)
        .Array[0, 200]
        .Sample(steps =>
        {
            using var cache = new PackBlockCache(2000);
            var put = new Dictionary<int, (string Content, int Octets)>();
            foreach (var (key, octets, isPut) in steps)
            {
                if (isPut)
                    cache.Hold("path" + key, 0, (put[key] = ($"{key}:{octets}", octets)).Content, octets);
                else if (cache.Find<string>("path" + key, 0) is { } found)
                    Assert.Equal(put[key].Content, found);
                var held = put.Where(p => cache.Find<string>("path" + p.Key, 0) is not null).Sum(p => p.Value.Octets + Overhead);
                Assert.InRange(held, 0, 2000);
            }
        });
}
