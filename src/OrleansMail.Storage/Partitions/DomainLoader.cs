using OrleansMail.Contracts;
using OrleansMail.Contracts.Storage;
using OrleansMail.Storage.Domains;

namespace OrleansMail.Storage.Partitions;

/// <summary>Brings heads and rows of mailboxes into the index when they are first needed, and keeps them there while a call needs them.</summary>
internal sealed class DomainLoader(PartitionIndex index, HeadStore heads, MailboxPages pages, int generation, TimeProvider time)
{
    private const int MaxAttempts = 10;

    /// <summary>Pins a domain with some of its mailboxes; the caller unpins it.</summary>
    /// <exception cref="StoreUnavailableException">The store can't be read, or the head is damaged.</exception>
    public ValueTask<DomainIndex> PinAsync(DomainKey key, ReadOnlyMemory<Incarnation> mailboxes, CancellationToken cancellationToken)
    {
        DomainIndex domain;
        lock (index.Gate)
        {
            domain = index.Domain(key);
            domain.Pins++;
            if (IsLoaded(domain, mailboxes.Span))
                return new(domain);
        }

        return new(LoadAsync(domain, mailboxes, cancellationToken));
    }

    /// <summary>Reads a domain's head again: what was read before is outdated. Readers have that one until the new one is there.</summary>
    public async ValueTask ReloadAsync(DomainIndex domain, StoredHead outdated, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task<StoredHead> loading;
            lock (index.Gate)
            {
                if (!ReferenceEquals(domain.Head, outdated))
                    return;
                loading = domain.Loading ??= ReadHeadAsync(domain, outdated);
            }

            await loading.WaitAsync(cancellationToken);
        }
    }

    /// <summary>The domain's head, read when it is not in memory.</summary>
    public async ValueTask<StoredHead> LoadHeadAsync(DomainIndex domain, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task<StoredHead> loading;
            lock (index.Gate)
            {
                if (domain.Head is { } head)
                    return head;
                loading = domain.Loading ??= ReadHeadAsync(domain, outdated: null);
            }

            await loading.WaitAsync(cancellationToken);
        }
    }

    private async Task<DomainIndex> LoadAsync(DomainIndex domain, ReadOnlyMemory<Incarnation> mailboxes, CancellationToken cancellationToken)
    {
        try
        {
            for (var attempt = 1; ; attempt++)
            {
                var head = await LoadHeadAsync(domain, cancellationToken);
                try
                {
                    if (await LoadRowsAsync(domain, head, mailboxes, cancellationToken))
                        return domain;
                }
                catch (FileNotFoundException) when (attempt < MaxAttempts)
                {
                    await ReloadAsync(domain, head, cancellationToken); // a page that is gone was replaced
                }
            }
        }
        catch (Exception exception)
        {
            index.Unpin(domain);
            throw exception is FileNotFoundException ? new HeadDamagedException($"A page of the head of {domain.Key} is missing.", exception) : exception;
        }
    }

    private async Task<StoredHead> ReadHeadAsync(DomainIndex domain, StoredHead? outdated)
    {
        await Task.Yield(); // outside of the gate
        try
        {
            var head = await heads.ReadAsync(domain.Key, CancellationToken.None);
            var rows = await ReadRowsAsync(domain, head.Head);
            lock (index.Gate)
            {
                domain.Loading = null;
                if (ReferenceEquals(domain.Head, outdated)) // else a newer one was written meanwhile
                    index.Load(domain, head, head.Head.AppliedOf(generation), rows, isReread: true, time.GetTimestamp());
            }

            return head;
        }
        catch
        {
            lock (index.Gate)
                domain.Loading = null;
            throw;
        }
    }

    // A head with pages does not have the rows itself: those of mailboxes in memory have to be of the same moment.
    private async ValueTask<Dictionary<Incarnation, MailboxRow?>> ReadRowsAsync(DomainIndex domain, DomainHead head)
    {
        var rows = new Dictionary<Incarnation, MailboxRow?>();
        if (head.Pages.Count == 0)
            return rows;
        List<Incarnation> mailboxes;
        lock (index.Gate)
            mailboxes = [.. domain.Mailboxes.Keys];
        foreach (var mailbox in mailboxes)
            rows[mailbox] = await pages.FindAsync(head, mailbox, CancellationToken.None);
        return rows;
    }

    private async ValueTask<bool> LoadRowsAsync(DomainIndex domain, StoredHead head, ReadOnlyMemory<Incarnation> mailboxes, CancellationToken cancellationToken)
    {
        for (var i = 0; i < mailboxes.Length; i++)
        {
            var mailbox = mailboxes.Span[i];
            if (head.Head.Pages.Count == 0)
                break; // the head has all rows
            lock (index.Gate)
            {
                if (PartitionIndex.Mailbox(domain, mailbox).IsLoaded)
                    continue;
            }

            var row = await pages.FindAsync(head.Head, mailbox, cancellationToken);
            lock (index.Gate)
            {
                if (ReferenceEquals(domain.Head, head))
                    PartitionIndex.Mailbox(domain, mailbox).Load(row, head.Head.AppliedOf(generation));
            }
        }

        lock (index.Gate)
            return IsLoaded(domain, mailboxes.Span);
    }

    private bool IsLoaded(DomainIndex domain, ReadOnlySpan<Incarnation> mailboxes)
    {
        if (domain.Head is not { Head: var head })
            return false;
        var applied = head.AppliedOf(generation);
        var isLoaded = true;
        foreach (var mailbox in mailboxes)
        {
            var found = PartitionIndex.Mailbox(domain, mailbox);
            if (!found.IsLoaded && head.Pages.Count == 0)
                found.Load(head.FindRow(mailbox), applied);
            isLoaded &= found.IsLoaded;
        }

        return isLoaded;
    }
}
