using Microsoft.AspNetCore.Connections;
using OrleansMail.Contracts.Storage;

namespace OrleansMail.Server.Hosting;

/// <summary>Tells a user's mistake from a defect: the first is explained in a line, the second keeps its stack trace.</summary>
internal static class StartupFailures
{
    /// <summary>What to say; null when it is no failure that a person could mend.</summary>
    public static StartupException? Explain(Exception exception) => exception switch
    {
        StartupException known => known,
        StoreUnavailableException store => new StartupException($"The store can't be used: {store.Message} It is set by --data or --storage."),
        IOException { InnerException: AddressInUseException } taken => new StartupException($"{taken.Message} Another process took it meanwhile; see --smtp and --http."),
        AggregateException { InnerExceptions.Count: 1 } one => Explain(one.InnerException!),
        _ => null,
    };
}
