using OrleansMail.Contracts.Storage;
using OrleansMail.Storage.Logs;

namespace OrleansMail.Storage.Partitions;

/// <summary>The last log of a chain.</summary>
/// <param name="Log">Open.</param>
/// <param name="Name">Its name.</param>
/// <param name="Predecessor">The log before it, when it has no content yet; null otherwise.</param>
/// <param name="End">How it ends.</param>
internal sealed record LogTail(IAppendLog Log, LogName Name, string? Predecessor, ScanEnd End);

/// <summary>Follows a partition's logs by their SEALs. A log that nothing names does not count: a fenced owner may have made it.</summary>
internal sealed class LogChain(IObjectStore store, PartitionId partition, PartitionRecovery recovery)
{
    /// <summary>Scans all logs from the checkpoint on.</summary>
    /// <exception cref="StoreUnavailableException">The store can't be read or written now.</exception>
    public async Task<LogTail> FollowAsync(Checkpoint checkpoint, CancellationToken cancellationToken)
    {
        var name = Parse(checkpoint.First);
        var order = LogOrder.Start;
        string? predecessor = null;
        while (true)
        {
            var detour = checkpoint.Detours.FirstOrDefault(d => d.Log == name.ToString());
            var tail = await ScanAsync(name, detour?.End ?? long.MaxValue, order, predecessor, cancellationToken);
            order = tail.End.Order;
            var successor = tail.End.Successor ?? detour?.Successor ?? await FindLostSuccessorAsync(name, cancellationToken);
            if (successor is null)
                return tail;
            await tail.Log.DisposeAsync();
            predecessor = name.ToString();
            name = Parse(successor);
        }
    }

    private LogName Parse(string text) =>
        LogName.TryParse(text, out var name) ? name : throw new StoreUnavailableException($"'{text}' is no log of partition {partition}.");

    private async Task<LogTail> ScanAsync(LogName name, long end, LogOrder order, string? predecessor, CancellationToken cancellationToken)
    {
        var path = name.PathIn(partition.Number);
        var log = await LogOpener.TryOpenAsync(store, path, cancellationToken) ?? await LogOpener.CreateOrOpenAsync(store, path, cancellationToken);
        try
        {
            recovery.Enter(name);
            using var scanner = new LogScanner(log, name.Nonce, recovery);
            var found = await scanner.ScanAsync(0, end, order, cancellationToken);
            return new LogTail(log, name, found.Position == 0 ? predecessor : null, found);
        }
        catch
        {
            await log.DisposeAsync();
            throw;
        }
    }

    // A log that has no SEAL is the last one, unless another one says that it was entered from there: then the SEAL is damaged.
    private async ValueTask<string?> FindLostSuccessorAsync(LogName name, CancellationToken cancellationToken)
    {
        await foreach (var item in store.ListAsync(LogName.Folder(partition.Number), name.PathIn(partition.Number), cancellationToken))
        {
            if (!LogName.TryParsePath(item.Path, out var other) || other.Ordinal != name.Ordinal + 1
                || await PredecessorOfAsync(other, cancellationToken) != name.ToString())
                continue;
            recovery.Lost(name.ToString(), other.ToString());
            return other.ToString();
        }

        return null;
    }

    private async ValueTask<string?> PredecessorOfAsync(LogName name, CancellationToken cancellationToken)
    {
        if (await LogOpener.TryOpenAsync(store, name.PathIn(partition.Number), cancellationToken) is not { } log)
            return null;
        await using (log)
        {
            using var window = new LogWindow(log);
            var octets = await window.GetAsync(0, LogRecordHeader.Size, cancellationToken);
            if (!LogRecordHeader.TryRead(octets.Span, out var header) || header.Type != LogRecordType.Fence)
                return null;
            octets = await window.GetAsync(0, header.Length, cancellationToken);
            return header.IsSound(octets.Span, name.Nonce)
                ? FenceRecord.Decode(octets.Span.Slice(LogRecordHeader.Size, header.MetadataLength)).Predecessor
                : null;
        }
    }
}
