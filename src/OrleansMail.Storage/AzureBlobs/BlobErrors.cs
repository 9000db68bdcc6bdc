using Azure;
using Azure.Identity;
using Azure.Storage.Blobs.Models;
using OrleansMail.Contracts.Storage;

namespace OrleansMail.Storage.AzureBlobs;

/// <summary>What a failed request means to the caller of a store.</summary>
internal static class BlobErrors
{
    private const int NotFound = 404;
    private const int Conflict = 409;
    private const int PreconditionFailed = 412;
    private const int RangeNotSatisfiable = 416;
    private const int InsufficientStorage = 507;
    private const string Sealed = "BlobIsSealed";
    private const string CapacityExceeded = "AccountCapacityExceeded";

    /// <summary>Whether the blob does not exist; a container that is missing is another matter.</summary>
    public static bool IsMissing(RequestFailedException exception) =>
        exception.Status == NotFound && exception.ErrorCode != BlobErrorCode.ContainerNotFound;

    /// <summary>Whether the range begins behind the blob's end.</summary>
    public static bool IsBehindEnd(RequestFailedException exception) => exception.Status == RangeNotSatisfiable;

    /// <summary>Whether a condition on the ETag does not hold.</summary>
    public static bool IsUnmet(RequestFailedException exception) => exception.Status == PreconditionFailed;

    /// <summary>Whether a request failed, or was never answered; not when the caller gave up itself.</summary>
    public static bool IsService(Exception exception, CancellationToken cancellationToken) => exception switch
    {
        RequestFailedException or AuthenticationFailedException or AggregateException or IOException or TimeoutException => true,
        // The network time-out of a request ends it as if it had been cancelled.
        OperationCanceledException => !cancellationToken.IsCancellationRequested,
        _ => false,
    };

    /// <summary>The store's exception for a failed request.</summary>
    public static Exception Translate(Exception exception, string path)
    {
        var failed = exception as RequestFailedException ?? (exception as AggregateException)?.InnerExceptions.OfType<RequestFailedException>().LastOrDefault();
        var code = failed?.ErrorCode;
        return failed?.Status switch
        {
            PreconditionFailed => new StoreConflictException($"'{path}' was written by someone else ({code}).", exception),
            Conflict when code == BlobErrorCode.BlobAlreadyExists => new StoreConflictException($"'{path}' exists.", exception),
            Conflict when code == Sealed => new StoreConflictException($"The log '{path}' is sealed.", exception),
            Conflict when code == BlobErrorCode.BlockCountExceedsLimit =>
                new LogPoisonedException($"The log '{path}' has all the blocks that it may have.", exception),
            InsufficientStorage => new StoreFullException($"There is no room for '{path}'.", exception),
            _ when code == CapacityExceeded => new StoreFullException($"There is no room for '{path}'.", exception),
            // Only the first line: what follows are headers.
            _ => new StoreUnavailableException($"The blob service failed at '{path}': {FirstLine(exception.Message)}", exception),
        };
    }

    private static string FirstLine(string message) => message.Split('\n', 2)[0].TrimEnd();
}
