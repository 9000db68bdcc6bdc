using System.Buffers;
using OrleansMail.Contracts.Storage;
using OrleansMail.Storage.Logs;

namespace OrleansMail.Storage.Partitions;

/// <summary>
/// Reads a file of records that were carried over from logs: records as in a log, with gaps between their numbers, written once as a whole. What fails its
/// check is damage, and passed over.
/// </summary>
internal static class CarriedRecords
{
    /// <summary>Tells a visitor of all records, in order.</summary>
    /// <exception cref="StoreUnavailableException">The store can't be read, or the file is missing.</exception>
    public static async Task ScanAsync(IObjectStore store, LogSource source, ILogVisitor visitor, CancellationToken cancellationToken)
    {
        try
        {
            await using var log = new ObjectLog(store, source.Path);
            using var scanner = new LogScanner(log, source.Nonce, visitor) { AllowsGaps = true };
            await scanner.ScanAsync(0, long.MaxValue, LogOrder.Start, cancellationToken);
        }
        catch (FileNotFoundException exception)
        {
            throw new StoreUnavailableException($"'{source.Path}', which the checkpoint names, is missing.", exception);
        }
    }

    /// <summary>An object, read as a log is.</summary>
    private sealed class ObjectLog(IObjectStore store, string path) : IAppendLog
    {
        public string Path => path;

        public async ValueTask<int> ReadAsync(long position, Memory<byte> buffer, CancellationToken cancellationToken)
        {
            await using var stream = await store.OpenReadAsync(path, position, buffer.Length, cancellationToken);
            return await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        }

        public ValueTask AppendAsync(long position, ReadOnlySequence<byte> data, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask<long> GetLengthAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask SealAsync(long length, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
