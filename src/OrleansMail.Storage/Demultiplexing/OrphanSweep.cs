using OrleansMail.Storage.Domains;
using OrleansMail.Storage.Partitions;

namespace OrleansMail.Storage.Demultiplexing;

/// <summary>
/// Finds files of a domain that nothing refers to: packs and pages whose head was never written, large payloads whose record never was. Only what is older than
/// any write that may still be under way is taken for one.
/// </summary>
internal sealed class OrphanSweep(PartitionIndex index, DomainReader reader, FileReaper reaper, PartitionContext context)
{
    private static readonly TimeSpan Every = TimeSpan.FromHours(24);

    /// <summary>Looks through a domain's folder, at most once a day.</summary>
    /// <returns>How many orphans there were; they are deleted by and by.</returns>
    public async ValueTask<int> RunAsync(DomainIndex domain, CancellationToken cancellationToken)
    {
        var now = context.Time.GetUtcNow();
        if (context.Options.OrphanAge > TimeSpan.Zero && now - domain.SweptAt < Every)
            return 0;
        domain.SweptAt = now;
        var orphans = 0;
        await foreach (var item in context.Store.ListAsync(DomainPaths.Domain(domain.Key), after: null, cancellationToken))
        {
            if (now - item.LastModified < context.Options.OrphanAge || await IsNeededAsync(domain, item.Path, cancellationToken))
                continue;
            reaper.Now(item.Path);
            orphans++;
        }

        return orphans;
    }

    private async ValueTask<bool> IsNeededAsync(DomainIndex domain, string path, CancellationToken cancellationToken)
    {
        var (key, name) = (domain.Key, path[(path.LastIndexOf('/') + 1)..]);
        if (path.StartsWith(DomainPaths.Objects(key), StringComparison.Ordinal))
            return !Ulid.TryParse(name, out var record) || await reader.HasRecordAsync(domain, record, cancellationToken);
        lock (index.Gate)
        {
            if (domain.Head?.Head is not { } head)
                return true;
            if (path.StartsWith(DomainPaths.Packs(key), StringComparison.Ordinal))
                return head.Packs.Any(p => p.Name == name);
            return !path.StartsWith(DomainPaths.Pages(key), StringComparison.Ordinal) || head.Pages.Any(p => p.Name == name);
        }
    }
}
