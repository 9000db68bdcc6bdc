namespace OrleansMail.Grains.Verification;

/// <summary>Keeps reading at a rate: what was read is waited for, so that mail has the store for the rest of the time.</summary>
internal sealed class ReadLimit(long octetsPerSecond, TimeProvider time)
{
    // A timer is no finer than this: shorter waits are gathered.
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(20);
    private TimeSpan owed;

    /// <summary>Waits as long as these octets may take.</summary>
    public async ValueTask ReadAsync(long octets, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        owed += TimeSpan.FromSeconds((double)octets / octetsPerSecond);
        if (owed < Shortest)
            return;
        var wait = owed;
        owed = TimeSpan.Zero;
        await Task.Delay(wait, time, cancellationToken);
    }
}
