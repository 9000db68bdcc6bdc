using Azure.Core;
using Azure.Identity;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Specialized;

namespace OrleansMail.Storage.AzureBlobs;

/// <summary>The container through two clients that differ in their second tries, and what a copy needs to read its source.</summary>
internal sealed class BlobContainers
{
    private const string StorageScope = "https://storage.azure.com/.default";
    private static readonly TimeSpan CopyValidity = TimeSpan.FromHours(1);

    private readonly TokenCredential? credential;
    private readonly BlobSignature? signature;
    private readonly TimeProvider time;

    /// <summary>Prepares the clients; nothing is sent yet.</summary>
    /// <exception cref="FormatException">The connection is neither a connection string nor an https address.</exception>
    public BlobContainers(AzureBlobStoreOptions options, TimeProvider time)
    {
        this.time = time;
        if (!options.Connection.Contains("://", StringComparison.Ordinal) || options.Connection.Contains(';', StringComparison.Ordinal))
        {
            Repeating = new BlobContainerClient(options.Connection, options.Container, ClientOptions(options, options.Retries));
            Once = new BlobContainerClient(options.Connection, options.Container, ClientOptions(options, retries: 0));
            return;
        }

        var address = ContainerAddress(options);
        signature = options.Signature;
        credential = address.Query.Length > 0 || signature is not null ? null : new DefaultAzureCredential();
        Repeating = ByAddress(address, ClientOptions(options, options.Retries));
        Once = ByAddress(address, ClientOptions(options, retries: 0));
    }

    /// <summary>For requests that may be sent again without anyone seeing a difference.</summary>
    public BlobContainerClient Repeating { get; }

    /// <summary>
    /// For conditional writes: sent once. A second try after a lost answer would meet the first try's own write and call it someone
    /// else's; the caller, who can read back, decides.
    /// </summary>
    public BlobContainerClient Once { get; }

    /// <summary>How the service reads the source of a copy: an address, and a token where the address does not carry permission.</summary>
    public async ValueTask<(Uri Address, Azure.HttpAuthorization? Authorization)> ReadAccessAsync(string path, CancellationToken cancellationToken)
    {
        var source = Repeating.GetBlobBaseClient(path);
        if (credential is not null)
        {
            var token = await credential.GetTokenAsync(new TokenRequestContext([StorageScope]), cancellationToken);
            return (source.Uri, new Azure.HttpAuthorization("Bearer", token.Token));
        }

        if (signature is not null)
            return (new UriBuilder(source.Uri) { Query = signature.Credential.Signature }.Uri, null);
        return (source.CanGenerateSasUri
            ? source.GenerateSasUri(Azure.Storage.Sas.BlobSasPermissions.Read, time.GetUtcNow() + CopyValidity)
            : source.Uri, null);
    }

    private static Uri ContainerAddress(AzureBlobStoreOptions options)
    {
        // A token must not travel in the clear.
        if (!Uri.TryCreate(options.Connection, UriKind.Absolute, out var address) || (address.Scheme != Uri.UriSchemeHttps && !IsEmulator(address)))
            throw new FormatException("The storage is given as a connection string or as an https address.");
        var builder = new BlobUriBuilder(address);
        if (builder.BlobContainerName.Length == 0)
            builder.BlobContainerName = options.Container;
        return builder.ToUri();
    }

    // What goes to this machine does not travel.
    private static bool IsEmulator(Uri address) => address.Scheme == Uri.UriSchemeHttp && address.IsLoopback;

    private static BlobClientOptions ClientOptions(AzureBlobStoreOptions options, int retries)
    {
        var client = options.Version is { } version ? new BlobClientOptions(version) : new BlobClientOptions();
        client.Retry.MaxRetries = retries;
        client.Retry.Mode = RetryMode.Exponential;
        client.Retry.Delay = TimeSpan.FromMilliseconds(200);
        client.Retry.MaxDelay = TimeSpan.FromSeconds(2);
        client.Retry.NetworkTimeout = options.NetworkTimeout;
        client.EncryptionScope = options.EncryptionScope;
        if (options.Signature is not null)
            client.AddPolicy(options.Signature, HttpPipelinePosition.PerRetry);
        if (options.Transport is not null)
            client.Transport = options.Transport;
        return client;
    }

    private BlobContainerClient ByAddress(Uri address, BlobClientOptions options) =>
        signature is not null ? new BlobContainerClient(address, signature.Credential, options)
        : credential is null ? new BlobContainerClient(address, options)
        : new BlobContainerClient(address, credential, options);
}
