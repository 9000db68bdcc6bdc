using OrleansMail.Contracts;
using OrleansMail.Storage.Domains;

namespace OrleansMail.Storage.Verification;

/// <summary>Reads heads and pages in spite of a flipped bit.</summary>
internal static class HeadSalvage
{
    /// <summary>A head; null when it can't be used.</summary>
    public static DomainHead? TryRead(StoredValue? stored, DomainFolder folder)
    {
        if (stored is null)
            return null;
        var value = stored.Value.ToArray();
        try
        {
            return BitMender.TryMend(value) && HeadCodec.Decode(value, folder.Head) is var head && (head.Domain.Tenant, head.Domain.Domain) == (folder.Tenant, folder.Domain)
                ? head
                : null;
        }
        catch (HeadDamagedException)
        {
            return null;
        }
    }

    /// <summary>The rows of a head and of all pages of it that can be read; of a domain without a head, of all pages that are there.</summary>
    /// <returns>The rows, and whether these are all that the head had.</returns>
    public static async ValueTask<(Dictionary<Incarnation, MailboxRow> Rows, bool IsWhole)> ReadRowsAsync(
        IObjectStore store, DomainHead? head, DomainFiles files, DamagedFiles damaged, CancellationToken cancellationToken)
    {
        var rows = (head?.Rows ?? []).DistinctBy(static r => r.Mailbox).ToDictionary(static r => r.Mailbox);
        var isWhole = head is not null;
        foreach (var path in head is null ? files.Pages.Select(static p => p.Path) : head.Pages.Select(p => DomainPaths.Page(head.Domain, p.Name)))
        {
            if (await TryReadPageAsync(store, path, cancellationToken) is not { } page)
            {
                isWhole = false;
                await damaged.KeepAsync(path, cancellationToken);
                continue;
            }

            foreach (var row in page)
                rows[row.Mailbox] = rows.TryGetValue(row.Mailbox, out var other) && other.LastSequence > row.LastSequence ? other : row;
        }

        return (rows, isWhole);
    }

    private static async ValueTask<IReadOnlyList<MailboxRow>?> TryReadPageAsync(IObjectStore store, string path, CancellationToken cancellationToken)
    {
        if (await store.ReadValueAsync(path, cancellationToken) is not { } stored)
            return null;
        var value = stored.Value.ToArray();
        try
        {
            return BitMender.TryMend(value) ? HeadCodec.DecodePage(value, path) : null;
        }
        catch (HeadDamagedException)
        {
            return null;
        }
    }
}
