namespace OrleansMail.Storage.Encryption;

/// <summary>What a keyring has of one tenant: a load under way, its keys, or its failure.</summary>
/// <param name="failures">How many loads before this one failed in a row.</param>
internal sealed class KeyringEntry(int failures)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    private Task<TenantDataKeys>? load;

    /// <summary>When it is asked for anew; the end of time while the load is under way.</summary>
    public DateTimeOffset Until { get; private set; } = DateTimeOffset.MaxValue;

    /// <summary>From when it may be replaced before its end.</summary>
    public DateTimeOffset RenewableFrom { get; private set; } = DateTimeOffset.MaxValue;

    /// <summary>Failures in a row with this one.</summary>
    public int Failures => Load is { IsCompleted: true, IsCompletedSuccessfully: false } ? failures + 1 : 0;

    /// <summary>The load.</summary>
    public Task<TenantDataKeys> Load => load!;

    /// <summary>Begins the load; once.</summary>
    public void Start(Task<TenantDataKeys> task) => load = task;

    /// <summary>Sets the end: that of the keys, or 1 s, 2 s, 4 s … 10 s after failures in a row.</summary>
    public void Complete(DateTimeOffset now, TimeSpan cacheFor, bool succeeded)
    {
        var pause = FirstPause * Math.Pow(2, Math.Min(failures, 4));
        RenewableFrom = now + FirstPause;
        Until = now + (succeeded ? cacheFor : pause < LongestPause ? pause : LongestPause);
    }

    /// <summary>Gives up the keyring's hold, or zeroes the keys at once, now or when the load ends.</summary>
    public void Drop(bool destroy) =>
        _ = Load.ContinueWith(
            task =>
            {
                if (!task.IsCompletedSuccessfully)
                    _ = task.Exception;
                else if (destroy)
                    task.Result.Destroy();
                else
                    task.Result.Dispose();
            },
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
}
