using System.Buffers;

namespace OrleansMail.Storage;

/// <summary>
/// The one small interface that a store has to offer: whole values with ETags, immutable objects, and append-only logs with a
/// conditional position. Strongly consistent; every write is on stable storage when its task completes. Paths are relative, of
/// <c>[A-Za-z0-9._=-]</c> segments separated by <c>/</c>.
/// </summary>
/// <remarks>
/// Failures: <see cref="Contracts.Storage.StoreUnavailableException"/> (and its <see cref="Contracts.Storage.StoreFullException"/>) for
/// anything that a later try may mend, <see cref="StoreConflictException"/> when a condition does not hold.
/// </remarks>
public interface IObjectStore : IAsyncDisposable
{
    /// <summary>Names the store in logs: a folder or an account and container, without secrets.</summary>
    string Description { get; }

    /// <summary>Reads a small value whole; null when it does not exist.</summary>
    ValueTask<StoredValue?> ReadValueAsync(string path, CancellationToken cancellationToken);

    /// <summary>Writes a small value whole: it is never seen half written.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="value">Its octets.</param>
    /// <param name="ifMatch">The ETag it must have; null when it must not exist yet.</param>
    /// <param name="cancellationToken">Ends the wait; the write may still happen.</param>
    /// <returns>Its new ETag.</returns>
    /// <exception cref="StoreConflictException">Someone else wrote it.</exception>
    ValueTask<string> WriteValueAsync(string path, ReadOnlyMemory<byte> value, string? ifMatch, CancellationToken cancellationToken);

    /// <summary>Deletes a value or an object; missing is no error.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="ifMatch">The ETag it must have; null for any.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="StoreConflictException">It has another ETag.</exception>
    ValueTask DeleteAsync(string path, string? ifMatch, CancellationToken cancellationToken);

    /// <summary>Lists what exists under a prefix, in ordinal order of paths, from behind <paramref name="after"/>.</summary>
    IAsyncEnumerable<StoredItem> ListAsync(string prefix, string? after, CancellationToken cancellationToken);

    /// <summary>Starts an object that is streamed, of any length; it exists, whole, once committed.</summary>
    ValueTask<IObjectWriter> CreateObjectAsync(string path, CancellationToken cancellationToken);

    /// <summary>Makes a durable copy of an object without moving its octets through this process where the store can.</summary>
    ValueTask CopyObjectAsync(string source, string destination, CancellationToken cancellationToken);

    /// <summary>Opens a range of an object or log, forward only.</summary>
    /// <exception cref="FileNotFoundException">It does not exist.</exception>
    ValueTask<Stream> OpenReadAsync(string path, long offset, long length, CancellationToken cancellationToken);

    /// <summary>Makes a log that must not exist yet.</summary>
    /// <exception cref="StoreConflictException">It exists.</exception>
    ValueTask<IAppendLog> CreateLogAsync(string path, CancellationToken cancellationToken);

    /// <summary>Opens a log that exists.</summary>
    /// <exception cref="FileNotFoundException">It does not exist.</exception>
    ValueTask<IAppendLog> OpenLogAsync(string path, CancellationToken cancellationToken);

    /// <summary>Whether the store has room for this many octets more; a store that can't know says yes.</summary>
    ValueTask<bool> HasRoomAsync(long octets, CancellationToken cancellationToken);
}

/// <summary>A small value and its ETag.</summary>
public sealed record StoredValue(ReadOnlyMemory<byte> Value, string ETag);

/// <summary>Something that exists in a store.</summary>
/// <param name="Path">Its path.</param>
/// <param name="Length">Its octets.</param>
/// <param name="LastModified">When it was last written.</param>
public sealed record StoredItem(string Path, long Length, DateTimeOffset LastModified);

/// <summary>Writes one immutable object with bounded memory. Disposing without a commit leaves nothing.</summary>
public interface IObjectWriter : IAsyncDisposable
{
    /// <summary>Appends; the buffer may be reused when the task has completed.</summary>
    ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken);

    /// <summary>Makes the object exist and durable.</summary>
    /// <exception cref="StoreConflictException">The path exists.</exception>
    ValueTask CommitAsync(CancellationToken cancellationToken);
}

/// <summary>
/// An append-only log. A handle is used by one writer at a time; several handles may exist, also in other processes where the store
/// is shared, and the position decides between them.
/// </summary>
public interface IAppendLog : IAsyncDisposable
{
    /// <summary>The log's path.</summary>
    string Path { get; }

    /// <summary>
    /// Appends at exactly <paramref name="position"/>, all or nothing as far as a reader can tell by checksums, and durable when the
    /// task completes.
    /// </summary>
    /// <exception cref="StoreConflictException">The log does not end there: someone else appended, or an earlier try of ours did.</exception>
    /// <exception cref="LogPoisonedException">The medium failed in a way that forbids any further use of this log.</exception>
    ValueTask AppendAsync(long position, ReadOnlySequence<byte> data, CancellationToken cancellationToken);

    /// <summary>
    /// Octets that can be read. A folder's log is made longer than its content ahead of time and filled with zeros, so
    /// the content may end before.
    /// </summary>
    ValueTask<long> GetLengthAsync(CancellationToken cancellationToken);

    /// <summary>Reads from a position; returns the octets read, 0 at the end.</summary>
    ValueTask<int> ReadAsync(long position, Memory<byte> buffer, CancellationToken cancellationToken);

    /// <summary>Nothing will be appended any more: what was made ahead is given back.</summary>
    ValueTask SealAsync(long length, CancellationToken cancellationToken);
}

/// <summary>A condition did not hold: someone else wrote.</summary>
public sealed class StoreConflictException(string message, Exception? innerException = null) : Exception(message, innerException);

/// <summary>A log's medium failed (a failed fsync may have lost what it was asked to keep): it is closed where it was last known good.</summary>
public sealed class LogPoisonedException(string message, Exception? innerException = null)
    : Contracts.Storage.StoreUnavailableException(message, innerException);
