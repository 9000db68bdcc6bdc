using Orleans.Storage;
using OrleansMail.Contracts.Storage;

namespace OrleansMail.Grains.State;

/// <summary>What callers of grains see of a store's failure.</summary>
internal static class StoreFailures
{
    /// <summary>Runs an operation of grain storage.</summary>
    /// <exception cref="StoreUnavailableException">It failed in a way that a later try may mend.</exception>
    public static async Task TranslateAsync(Func<Task> operation)
    {
        try
        {
            await operation();
        }
        catch (InconsistentStateException exception)
        {
            // Orleans would end this activation for it; reading again is all that is needed.
            throw new StoreUnavailableException("Another activation changed the same state; the next try sees it.", exception.InnerException);
        }
    }
}
