using OrleansMail.Contracts.Messages;

namespace OrleansMail.Contracts.Storage;

/// <summary>Payloads that are too large for a log record, and the reading of payloads wherever they are.</summary>
public interface IPayloadStore
{
    /// <summary>Starts an object. Nothing exists until <see cref="IPayloadWriter.CommitAsync"/>.</summary>
    /// <exception cref="StoreUnavailableException">The store can't take it; <see cref="StoreFullException"/> when it has no room.</exception>
    /// <exception cref="TenantKeyUnavailableException">It must be sealed, and the tenant's key can't be had.</exception>
    ValueTask<IPayloadWriter> CreateAsync(PayloadObject target, CancellationToken cancellationToken);

    /// <summary>
    /// Makes a durable copy of a committed object for a further domain of the tenant: a hard link or a server-side copy; what is sealed is sealed
    /// anew, since it opens only for the record that it belongs to.
    /// </summary>
    /// <param name="source">The object.</param>
    /// <param name="length">Octets of its content.</param>
    /// <param name="target">The copy.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask CopyAsync(PayloadObject source, long length, PayloadObject target, CancellationToken cancellationToken);

    /// <summary>Removes an object that no record refers to; missing is no error.</summary>
    ValueTask DeleteAsync(PayloadObject target, CancellationToken cancellationToken);

    /// <summary>Opens a range of a payload for reading, forward only, without holding it in memory.</summary>
    /// <param name="location">As in the message.</param>
    /// <param name="offset">First octet wanted, from the payload's beginning.</param>
    /// <param name="length">Octets wanted.</param>
    /// <param name="cancellationToken">Ends the opening, not the reading.</param>
    /// <exception cref="StoreUnavailableException">The store can't be read.</exception>
    /// <exception cref="PayloadDamagedException">What is stored there fails its check.</exception>
    ValueTask<Stream> OpenReadAsync(PayloadLocation location, long offset, long length, CancellationToken cancellationToken);
}

/// <summary>Writes one payload object.</summary>
public interface IPayloadWriter : IAsyncDisposable
{
    /// <summary>The object's path in the store, known from the beginning.</summary>
    string Path { get; }

    /// <summary>Appends; the buffer may be reused when the task has completed. Waits while the store is slower than the caller.</summary>
    ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken);

    /// <summary>Makes the object exist, whole and durable. Disposing without it leaves nothing.</summary>
    ValueTask CommitAsync(CancellationToken cancellationToken);
}

/// <summary>A payload is there but fails its check: it is reported, counted and never served.</summary>
[GenerateSerializer, Alias("orleansmail.payload-damaged")]
public sealed class PayloadDamagedException : Exception
{
    /// <summary>Creates one that names the object and what is wrong.</summary>
    public PayloadDamagedException(string message) : base(message)
    {
    }
}
