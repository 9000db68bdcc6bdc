using Azure.Core.Pipeline;
using Azure.Storage.Blobs;

namespace OrleansMail.Storage.AzureBlobs;

/// <summary>Which blob container a store is, and how patient it is.</summary>
public sealed class AzureBlobStoreOptions
{
    /// <summary>
    /// A connection string, or the https address of an account or container. An address without a signature is opened with the
    /// process's own identity (<c>DefaultAzureCredential</c>).
    /// </summary>
    public required string Connection { get; init; }

    /// <summary>The container, made if absent, when the connection does not name one. Default <c>orleansmail</c>.</summary>
    public string Container { get; init; } = "orleansmail";

    /// <summary>How long a request may take, and a connection may be silent. Default 10 s: what a waiting delivery can bear.</summary>
    public TimeSpan NetworkTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Second tries of reads, listings and other requests that can be repeated unseen. Conditional writes have none. Default 2.</summary>
    public int Retries { get; init; } = 2;

    /// <summary>The account's encryption scope that new blobs are encrypted by at rest; null for the container's default.</summary>
    public string? EncryptionScope { get; init; }

    /// <summary>
    /// Whether the container is there and is not made: a signature for one container may neither make it nor ask whether it exists. Default false.
    /// </summary>
    public bool Exists { get; init; }

    /// <summary>Signs the requests, for an address without a signature; null for the process's own identity.</summary>
    internal BlobSignature? Signature { get; init; }

    /// <summary>Carries the requests; null for the usual one. A test's loses answers.</summary>
    internal HttpPipelineTransport? Transport { get; init; }

    /// <summary>The service's version that is spoken; null for the newest. One before 2022-11-02 takes blocks of 4 MiB.</summary>
    internal BlobClientOptions.ServiceVersion? Version { get; init; }

    /// <summary>Largest object that is copied in one request: the service's own limit.</summary>
    internal long MaxCopyLength { get; init; } = 256L << 20;
}
