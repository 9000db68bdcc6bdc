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
internal sealed class LogChain(IObjectStore store, PartitionId partition, string folder, PartitionRecovery recovery)
{
    /// <summary>Scans all logs from the checkpoint on.</summary>
    /// <exception cref="StoreUnavailableException">The store can't be read or written now.</exception>
    public async Task<LogTail> FollowAsync(Checkpoint checkpoint, CancellationToken cancellationToken)
    {
        var name = Parse(checkpoint.First);
        foreach (var carried in checkpoint.Carried)
            await ScanCarriedAsync(carried, cancellationToken);
        var start = checkpoint.LastRecord == 0 ? LogOrder.Start : new LogOrder(checkpoint.LastRecord, 0, checkpoint.LastBatch, BatchIsWhole: true);
        return await FollowAsync(checkpoint, await EnterAsync(name, EndOf(checkpoint, name), start, null, cancellationToken), cancellationToken);
    }

    /// <summary>Goes on where an earlier scan ended: another owner appended since.</summary>
    public async Task<LogTail> AdvanceAsync(Checkpoint checkpoint, LogTail tail, CancellationToken cancellationToken)
    {
        var end = await ScanAsync(tail.Log, tail.Name, tail.End.Position, EndOf(checkpoint, tail.Name), tail.End.Order, cancellationToken);
        return await FollowAsync(checkpoint, tail with { End = end, Predecessor = end.Position == 0 ? tail.Predecessor : null }, cancellationToken);
    }

    private async Task<LogTail> FollowAsync(Checkpoint checkpoint, LogTail tail, CancellationToken cancellationToken)
    {
        while (await SuccessorAsync(checkpoint, tail, cancellationToken) is { } successor)
        {
            await tail.Log.DisposeAsync();
            var name = Parse(successor);
            tail = await EnterAsync(name, EndOf(checkpoint, name), tail.End.Order, tail.Name.ToString(), cancellationToken);
        }

        return tail;
    }

    private async ValueTask<string?> SuccessorAsync(Checkpoint checkpoint, LogTail tail, CancellationToken cancellationToken) =>
        tail.End.Successor
        ?? DetourOf(checkpoint, tail.Name)?.Successor
        ?? await FindLostSuccessorAsync(tail.Name, cancellationToken);

    private static Detour? DetourOf(Checkpoint checkpoint, LogName name) => checkpoint.Detours.FirstOrDefault(d => d.Log == name.ToString());

    private static long EndOf(Checkpoint checkpoint, LogName name) => DetourOf(checkpoint, name)?.End ?? long.MaxValue;

    private LogName Parse(string text) =>
        LogName.TryParse(text, out var name) ? name : throw new StoreUnavailableException($"'{text}' is no log of partition {partition}.");

    private async Task<LogTail> EnterAsync(LogName name, long end, LogOrder order, string? predecessor, CancellationToken cancellationToken)
    {
        var path = folder + name;
        var log = await LogOpener.TryOpenAsync(store, path, cancellationToken) ?? await LogOpener.CreateOrOpenAsync(store, path, cancellationToken);
        try
        {
            recovery.Enter(name, order);
            var found = await ScanAsync(log, name, 0, end, order, cancellationToken);
            return new LogTail(log, name, found.Position == 0 ? predecessor : null, found);
        }
        catch
        {
            await log.DisposeAsync();
            throw;
        }
    }

    private async Task<ScanEnd> ScanAsync(IAppendLog log, LogName name, long position, long end, LogOrder order, CancellationToken cancellationToken)
    {
        using var scanner = new LogScanner(log, name.Nonce, recovery);
        return await scanner.ScanAsync(position, end, order, cancellationToken);
    }

    // Written at once, whole: it has no tail that may be torn, and its numbers have gaps.
    private async Task ScanCarriedAsync(string name, CancellationToken cancellationToken)
    {
        var source = new LogSource(folder + name, PartitionFolder.NonceOf(name));
        recovery.EnterCarried(source);
        await CarriedRecords.ScanAsync(store, source, recovery, cancellationToken);
    }

    // A log that has no SEAL is the last one, unless another one says that it was entered from there: then the SEAL is damaged.
    private async ValueTask<string?> FindLostSuccessorAsync(LogName name, CancellationToken cancellationToken)
    {
        await foreach (var item in store.ListAsync(folder, folder + name, cancellationToken))
        {
            if (!LogName.TryParsePath(item.Path, out var other) || other.Ordinal != name.Ordinal + 1
                || await PredecessorOfAsync(store, folder, other, cancellationToken) != name.ToString())
                continue;
            recovery.Lost(name.ToString(), other.ToString());
            return other.ToString();
        }

        return null;
    }

    /// <summary>The log that a log's first record names as the one before it; null when it names none.</summary>
    internal static async ValueTask<string?> PredecessorOfAsync(IObjectStore store, string folder, LogName name, CancellationToken cancellationToken)
    {
        if (await LogOpener.TryOpenAsync(store, folder + name, cancellationToken) is not { } log)
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
