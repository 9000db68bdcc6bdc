namespace OrleansMail.Storage.Partitions;

/// <summary>
/// Holds a batch back for more messages only where that was measured to save appends: at rates at which several arrive within the time,
/// but too few to fill a batch by themselves; and then only until that many should have come.
/// </summary>
internal sealed class LingerPolicy(PartitionOptions options, TimeProvider time)
{
    private const double Smoothing = 0.2;

    // A pause says nothing of the rate before or after it.
    private const double LongestSeconds = 0.25;

    private long last = time.GetTimestamp();
    private double messages;
    private double seconds = LongestSeconds;

    /// <summary>How long to hold a batch back; null when not at all.</summary>
    /// <param name="gathered">Messages that wait: those that came since the last batch was held back, or taken.</param>
    public TimeSpan? Delay(int gathered)
    {
        if (options.Linger <= TimeSpan.Zero)
            return null;
        var now = time.GetTimestamp();
        messages += Smoothing * (gathered - messages);
        seconds += Smoothing * (Math.Clamp(time.GetElapsedTime(last, now).TotalSeconds, 0.001, LongestSeconds) - seconds);
        last = now;
        var rate = messages / seconds;
        if (rate <= options.LingerRate || gathered >= options.LingerBelow)
            return null;
        var delay = TimeSpan.FromSeconds(Math.Min(options.Linger.TotalSeconds, (options.LingerBelow - gathered) / rate));

        // What comes meanwhile is in this batch, and not in the next count.
        last += (long)(delay.TotalSeconds * time.TimestampFrequency);
        return delay;
    }
}
