using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using OrleansMail.Contracts.Storage;

namespace OrleansMail.Storage.AzureBlobs;

/// <summary>
/// A shared access signature that can be renewed while the store is open: it is asked for anew when the service refuses the one there is, at most every
/// five seconds. The request that was refused stays so; the next one has the new signature.
/// </summary>
/// <param name="signature">The signature now, without <c>?</c>.</param>
/// <param name="ask">Says the newest; null when there is none.</param>
/// <param name="time">The clock.</param>
internal sealed class BlobSignature(string signature, Func<CancellationToken, ValueTask<string?>> ask, TimeProvider time) : HttpPipelinePolicy
{
    private const int Unauthorized = 401;
    private const int Forbidden = 403;
    private static readonly long Pause = TimeSpan.FromSeconds(5).Ticks;
    private long askedAt;

    /// <summary>What signs the requests.</summary>
    public AzureSasCredential Credential { get; } = new(signature);

    /// <summary>Takes a new signature.</summary>
    public void Renew(string next) => Credential.Update(next);

    /// <inheritdoc/>
    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) => ProcessNext(message, pipeline);

    /// <inheritdoc/>
    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        await ProcessNextAsync(message, pipeline);
        if (message.HasResponse && message.Response.Status is Unauthorized or Forbidden && IsDue())
            await AskAsync(message.CancellationToken);
    }

    private bool IsDue()
    {
        var (now, last) = (time.GetUtcNow().UtcTicks, Interlocked.Read(ref askedAt));
        return now - last >= Pause && Interlocked.CompareExchange(ref askedAt, now, last) == last;
    }

    private async ValueTask AskAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (await ask(cancellationToken) is { Length: > 0 } next)
                Renew(next);
        }
        catch (StoreUnavailableException)
        {
            // The refusal is what the caller has to hear of; it is asked again after the pause.
        }
    }
}
