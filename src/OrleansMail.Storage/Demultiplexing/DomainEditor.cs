using Microsoft.Extensions.Logging;
using OrleansMail.Contracts.Storage;
using OrleansMail.Storage.Domains;
using OrleansMail.Storage.Packs;
using OrleansMail.Storage.Partitions;

namespace OrleansMail.Storage.Demultiplexing;

/// <summary>
/// Changes heads: what a change writes exists before the head that refers to it, and what it replaces goes after. One change of a partition at a time.
/// </summary>
internal sealed partial class DomainEditor(
    DomainLoader loader, HeadStore heads, MailboxPages pages, PackCatalog packs, PartitionIndex index, FileReaper reaper, PartitionContext context)
{
    private const int MaxAttempts = 10;

    /// <summary>Of the partitions.</summary>
    public int Generation => context.Partition.Generation;

    /// <summary>Applies a change to a domain's head, again on the newer one when someone else wrote it.</summary>
    /// <param name="domain">The domain.</param>
    /// <param name="applied">The last log record whose effects the new head has; null when that stays as it is.</param>
    /// <param name="change">Makes the change; false when there is nothing to change.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Whether a head was written.</returns>
    /// <exception cref="StoreUnavailableException">The store failed: the change is made or not, and may be repeated.</exception>
    public async ValueTask<bool> ChangeAsync(
        DomainIndex domain, long? applied, Func<DomainHead, HeadEdit, ValueTask<bool>> change, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var stored = await loader.LoadHeadAsync(domain, cancellationToken);
            if (applied <= stored.Head.AppliedOf(context.Partition.Generation))
                return false; // done before: by an owner that was fenced since, or by a change that seemed to fail
            var edit = new HeadEdit(stored.Head, pages, packs, context.Time.GetUtcNow().UtcTicks);
            try
            {
                if (!await change(stored.Head, edit))
                    return false;
                if (await WriteAsync(domain, stored, edit, applied, cancellationToken))
                    return true;
            }
            catch (FileNotFoundException exception) when (attempt < MaxAttempts)
            {
                Log.Outdated(context.Logger, exception, context.Partition, domain.Key.Domain);
            }

            if (attempt >= MaxAttempts)
                throw new StoreUnavailableException($"The head of domain {domain.Key.Domain} is written by others again and again.");
            await loader.ReloadAsync(domain, stored, cancellationToken);
        }
    }

    private async ValueTask<bool> WriteAsync(DomainIndex domain, StoredHead stored, HeadEdit edit, long? applied, CancellationToken cancellationToken)
    {
        context.Stepped(MaintenanceStep.PackWritten);
        var upTo = applied ?? stored.Head.AppliedOf(context.Partition.Generation);
        var generation = applied is null ? stored.Head.Generation : context.Partition.Generation;
        var head = await edit.BuildAsync(generation, context.Epoch, applied ?? stored.Head.Applied, cancellationToken);
        context.Metrics.Operation("write");
        if (await heads.WriteAsync(stored, head, cancellationToken) is not { } written)
        {
            DropNew(stored.Head, head);
            return false;
        }

        context.Stepped(MaintenanceStep.HeadWritten);
        lock (index.Gate)
        {
            index.Load(domain, written, upTo, edit.Rows, isReread: false, context.Time.GetTimestamp());
            index.Rest(domain);
        }

        DropOld(stored.Head, head);
        foreach (var record in edit.FreedObjects)
            reaper.Later(DomainPaths.Object(domain.Key, record));
        return true;
    }

    // Readers may have the old head: what it refers to goes a while later.
    private void DropOld(DomainHead old, DomainHead next)
    {
        foreach (var path in Files(old).Except(Files(next)))
            reaper.Later(path);
    }

    // Nobody has seen a head that was not written. Its files go at once.
    private void DropNew(DomainHead old, DomainHead next)
    {
        foreach (var path in Files(next).Except(Files(old)))
            reaper.Now(path);
    }

    private static IEnumerable<string> Files(DomainHead head) =>
        head.Packs.Select(p => p.PathIn(head.Domain)).Concat(head.Pages.Select(p => DomainPaths.Page(head.Domain, p.Name)));

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Partition {Partition}: the head of domain {Domain} is outdated and read again.", EventName = "HeadOutdated")]
        public static partial void Outdated(ILogger logger, Exception exception, PartitionId partition, Contracts.Incarnation domain);
    }
}
