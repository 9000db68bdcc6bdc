namespace OrleansMail.Server.Caching;

/// <summary>One answer of a grain, shared by everyone who asks while it is on its way and until it is too old.</summary>
/// <param name="startedAt">Timestamp of the call's start: an answer is as old as the question.</param>
/// <param name="call">Makes the call, at most once.</param>
internal sealed class CachedCall<T>(long startedAt, Func<Task<T>> call)
{
    private readonly Lazy<Task<T>> answer = new(call);

    /// <summary>The answer; the call is made by the first who asks.</summary>
    public Task<T> Answer => answer.Value;

    /// <summary>Whether it may still be used: it failed never, and began less than <paramref name="timeToLive"/> ago or is still on its way.</summary>
    public bool IsFresh(TimeProvider time, TimeSpan timeToLive)
    {
        if (!Answer.IsCompleted)
            return true;
        return Answer.IsCompletedSuccessfully && time.GetElapsedTime(startedAt) < timeToLive;
    }
}
