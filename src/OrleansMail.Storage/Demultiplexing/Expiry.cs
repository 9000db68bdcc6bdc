using OrleansMail.Contracts.Storage;
using OrleansMail.Storage.Domains;
using OrleansMail.Storage.Packs;
using OrleansMail.Storage.Partitions;

namespace OrleansMail.Storage.Demultiplexing;

/// <summary>Deletes messages whose time is over. A pack in which nothing can be due is not looked at.</summary>
internal sealed class Expiry(DomainEditor editor, PackCatalog packs, PartitionContext context)
{
    private long expired;
    private long nextDue;

    /// <summary>Deletes what is due.</summary>
    /// <returns>How many messages.</returns>
    public async ValueTask<long> RunAsync(DomainIndex domain, RetentionPolicy policy, CancellationToken cancellationToken)
    {
        if (ShortestOf(policy) is not { } shortest)
            return 0;
        var now = context.Time.GetUtcNow();
        if (domain.NextExpiry is { } known && known.Policy.Equals(policy) && ReferenceEquals(known.Head, domain.Head) && now.UtcTicks < known.Due)
            return 0;
        await editor.ChangeAsync(
            domain,
            applied: null,
            async (head, edit) =>
            {
                (expired, nextDue) = (0, long.MaxValue);
                foreach (var pack in head.Packs)
                    await ExpireAsync(head.Domain, pack, policy, now, shortest, edit, cancellationToken);
                return expired > 0;
            },
            cancellationToken);
        domain.NextExpiry = (policy, domain.Head, nextDue);
        return expired;
    }

    private static int? ShortestOf(RetentionPolicy policy)
    {
        var days = policy.Mailboxes.Values.Append(policy.Days).OfType<int>().ToList();
        return days.Count == 0 ? null : days.Min();
    }

    private async ValueTask ExpireAsync(
        DomainKey domain, PackRef pack, RetentionPolicy policy, DateTimeOffset now, int shortest, HeadEdit edit, CancellationToken cancellationToken)
    {
        if (pack.IsDead)
            return;
        var earliest = pack.Oldest + TimeSpan.FromDays(shortest).Ticks;
        if (earliest > now.UtcTicks)
        {
            nextDue = Math.Min(nextDue, earliest);
            return;
        }

        var reader = await packs.OpenAsync(domain, pack, cancellationToken);
        foreach (var mailbox in await reader.ReadDirectoryAsync(cancellationToken))
        {
            if (policy.DaysOf(mailbox.Mailbox) is { } days)
                await ExpireAsync(reader, pack, mailbox, TimeSpan.FromDays(days).Ticks, now.UtcTicks, edit, cancellationToken);
        }
    }

    // A mailbox's entries are nearly in order of their times, but only nearly.
    private async ValueTask ExpireAsync(PackReader reader, PackRef pack, PackMailbox mailbox, long kept, long now, HeadEdit edit, CancellationToken cancellationToken)
    {
        var due = new List<(uint From, uint To)>();
        foreach (var entry in await reader.ReadEntriesAsync(mailbox.First, mailbox.Count, cancellationToken))
        {
            if (pack.Dead.Contains(entry.Index))
                continue;
            if (entry.ReceivedAt + kept <= now)
                due.Add((entry.Index, entry.Index + 1));
            else
                nextDue = Math.Min(nextDue, entry.ReceivedAt + kept);
        }

        if (due.Count > 0)
            expired += await edit.DeleteAsync(mailbox.Mailbox, pack.Number, due, cancellationToken);
    }
}
