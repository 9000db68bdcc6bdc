using System.Collections.Concurrent;

namespace OrleansMail.Server.Caching;

/// <summary>
/// Answers by key, for a short time. Whoever drops an instance drops what is on its way into it too: an answer asked for
/// before an invalidation can't come back after it.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="timeToLive">How long an answer is used, from the start of its call.</param>
/// <param name="maxEntries">Answers held at most.</param>
/// <param name="maxBytes">Octets held at most, as <paramref name="sizeOf"/> counts.</param>
/// <param name="sizeOf">What an answer and its key weigh, in octets.</param>
/// <param name="added">Told the weight of each answer, for a bound over several caches.</param>
internal sealed class CallCache<TKey, TValue>(TimeProvider time, TimeSpan timeToLive, int maxEntries, long maxBytes, Func<TKey, TValue, long> sizeOf, Action<long>? added = null)
    where TKey : notnull
{
    private readonly ConcurrentDictionary<TKey, CachedCall<TValue>> calls = new();
    private int entries;
    private long bytes;

    /// <summary>Answers held now.</summary>
    public int Count => calls.Count;

    /// <summary>A fresh answer, from memory or by one call that all who ask meanwhile share.</summary>
    public ValueTask<TValue> GetAsync(TKey key, Func<TKey, Task<TValue>> fetch, CancellationToken cancellationToken)
    {
        if (calls.TryGetValue(key, out var known) && known.IsFresh(time, timeToLive))
            return Await(known, cancellationToken);
        var candidate = new CachedCall<TValue>(time.GetTimestamp(), () => fetch(key));
        var current = calls.AddOrUpdate(
            key,
            static (_, state) => state.candidate,
            static (_, existing, state) => existing.IsFresh(state.time, state.timeToLive) ? existing : state.candidate,
            (candidate, time, timeToLive));
        if (ReferenceEquals(current, candidate))
            Account(key, candidate);
        return Await(current, cancellationToken);
    }

    /// <summary>Forgets one answer.</summary>
    public void Remove(TKey key) => calls.TryRemove(key, out _);

    /// <summary>Forgets all answers.</summary>
    public void Clear() => calls.Clear();

    private static ValueTask<TValue> Await(CachedCall<TValue> call, CancellationToken cancellationToken) =>
        call.Answer.IsCompletedSuccessfully ? new(call.Answer.Result) : new(call.Answer.WaitAsync(cancellationToken));

    // The counts only ever run ahead of what is held (a replaced answer counts again), so the bound is hard; reaching it
    // starts over, which costs one call for each address in use.
    private void Account(TKey key, CachedCall<TValue> call)
    {
        if (Interlocked.Increment(ref entries) > maxEntries)
            StartOver(key, call);
        _ = AddWeightAsync(key, call);
    }

    private async Task AddWeightAsync(TKey key, CachedCall<TValue> call)
    {
        try
        {
            var value = await call.Answer.ConfigureAwait(ConfigureAwaitOptions.None);
            var weight = sizeOf(key, value);
            if (Interlocked.Add(ref bytes, weight) > maxBytes)
                StartOver(key, null);
            added?.Invoke(weight);
        }
        catch
        {
            calls.TryRemove(new(key, call)); // those who asked see the failure; the next one asks again
        }
    }

    private void StartOver(TKey key, CachedCall<TValue>? keep)
    {
        calls.Clear();
        Interlocked.Exchange(ref entries, 0);
        Interlocked.Exchange(ref bytes, 0);
        if (keep is not null && calls.TryAdd(key, keep))
            Interlocked.Increment(ref entries);
    }
}
