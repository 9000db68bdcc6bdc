namespace OrleansMail.Storage.Partitions;

/// <summary>
/// Holds a batch back for more messages only where that was measured to save appends: at rates at which several arrive within the time,
/// but too few to fill a batch by themselves.
/// </summary>
internal sealed class LingerPolicy(PartitionOptions options, TimeProvider time)
{
    private const double Smoothing = 0.2;
    private long last = time.GetTimestamp();
    private double rate;

    /// <summary>How long to hold a batch back; null when not at all.</summary>
    /// <param name="gathered">Messages that wait.</param>
    public TimeSpan? Delay(int gathered)
    {
        if (options.Linger <= TimeSpan.Zero)
            return null;
        var now = time.GetTimestamp();
        var elapsed = Math.Max(time.GetElapsedTime(last, now).TotalSeconds, 0.001);
        last = now;
        rate += Smoothing * ((gathered / elapsed) - rate);
        return rate > options.LingerRate && gathered < options.LingerBelow ? options.Linger : null;
    }
}
