using OrleansMail.Contracts;
using OrleansMail.Storage.Encryption;

namespace OrleansMail.Storage.Tests.Verification;

/// <summary>Key encryption keys that wrap nothing: what is sealed is sealed by the data keys.</summary>
internal sealed class PlainKeys : IKeyEncryptionKeys, IKeyEncryptionKey
{
    public IKeyEncryptionKey Find(string name) => this;

    public ValueTask<byte[]> WrapAsync(Incarnation tenant, ReadOnlyMemory<byte> key, CancellationToken cancellationToken) => new(key.ToArray());

    public ValueTask<byte[]> UnwrapAsync(Incarnation tenant, ReadOnlyMemory<byte> wrapped, CancellationToken cancellationToken) => new(wrapped.ToArray());
}
