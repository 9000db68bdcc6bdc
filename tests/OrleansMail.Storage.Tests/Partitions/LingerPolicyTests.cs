using Microsoft.Extensions.Time.Testing;
using OrleansMail.Storage.Partitions;

namespace OrleansMail.Storage.Tests.Partitions;

public sealed class LingerPolicyTests
{
    private const int Settled = 50;
    private readonly FakeTimeProvider time = new();
    private readonly PartitionOptions options = PartitionOptions.ForBlobs();

    [Theory]
    [InlineData(1, 20)] // 50 a second: it would have to wait for company too long
    [InlineData(48, 16)] // 3,000 a second fill a batch by themselves
    public void Messages_that_are_too_few_or_enough_are_not_held_back(int gathered, int everyMilliseconds) =>
        Assert.Null(DelayAfter(gathered, TimeSpan.FromMilliseconds(everyMilliseconds)));

    [Fact]
    public void At_a_rate_that_fills_no_batch_in_time_a_batch_is_held_back_as_long_as_allowed() =>
        Assert.Equal(options.Linger, DelayAfter(4, TimeSpan.FromMilliseconds(16)));

    [Fact]
    public void A_batch_is_held_back_only_until_enough_messages_should_have_come()
    {
        // 1,000 a second: 16 have come, the other 8 are there in 8 ms.
        var delay = Assert.NotNull(DelayAfter(16, TimeSpan.FromMilliseconds(16)));
        Assert.Equal(8, delay.TotalMilliseconds, tolerance: 0.1);
    }

    [Fact]
    public void A_store_that_says_no_linger_has_none()
    {
        options.Linger = TimeSpan.Zero;
        Assert.Null(DelayAfter(16, TimeSpan.FromMilliseconds(16)));
    }

    [Fact]
    public void After_a_pause_the_first_message_is_not_held_back()
    {
        var policy = new LingerPolicy(options, time);
        Run(policy, 4, TimeSpan.FromMilliseconds(16));
        for (var lone = 0; lone < 6; lone++)
        {
            time.Advance(TimeSpan.FromHours(1));
            policy.Delay(1);
        }

        time.Advance(TimeSpan.FromHours(1));
        Assert.Null(policy.Delay(1));
    }

    private TimeSpan? DelayAfter(int gathered, TimeSpan appended) => Run(new LingerPolicy(options, time), gathered, appended);

    // Batches of one size, each written in a given time after it was held back.
    private TimeSpan? Run(LingerPolicy policy, int gathered, TimeSpan appended)
    {
        TimeSpan? delay = null;
        for (var batch = 0; batch < Settled; batch++)
        {
            time.Advance(appended + (delay ?? TimeSpan.Zero));
            delay = policy.Delay(gathered);
        }

        return delay;
    }
}
