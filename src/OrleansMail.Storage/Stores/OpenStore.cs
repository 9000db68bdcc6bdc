using OrleansMail.Storage.AzureBlobs;

namespace OrleansMail.Storage.Stores;

/// <summary>A tenant's store that is open.</summary>
/// <param name="Objects">It.</param>
/// <param name="Document">How it is reached.</param>
/// <param name="Signature">What signs its requests; null for the process's own identity.</param>
internal sealed record OpenStore(IObjectStore Objects, OwnStoreDocument Document, BlobSignature? Signature);
