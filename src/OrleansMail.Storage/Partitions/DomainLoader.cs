using OrleansMail.Contracts;
using OrleansMail.Contracts.Storage;
using OrleansMail.Storage.Domains;

namespace OrleansMail.Storage.Partitions;

/// <summary>Brings heads and rows of mailboxes into the index when they are first needed, and keeps them there while a call needs them.</summary>
internal sealed class DomainLoader(PartitionIndex index, HeadStore heads, MailboxPages pages, int generation, TimeProvider time)
{
    private const int MaxAttempts = 10;
    private static readonly Dictionary<Incarnation, MailboxRow?> NoRows = [];

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

    /// <summary>Reads a domain's head again: what was read before is outdated.</summary>
    public async ValueTask ReloadAsync(DomainIndex domain, StoredHead outdated, CancellationToken cancellationToken)
    {
        lock (index.Gate)
        {
            if (ReferenceEquals(domain.Head, outdated))
                domain.Head = null;
        }

        await LoadHeadAsync(domain, cancellationToken);
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
                loading = domain.Loading ??= ReadHeadAsync(domain);
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

    private async Task<StoredHead> ReadHeadAsync(DomainIndex domain)
    {
        await Task.Yield(); // outside of the gate
        try
        {
            var head = await heads.ReadAsync(domain.Key, CancellationToken.None);
            lock (index.Gate)
            {
                domain.Loading = null;
                index.Load(domain, head, head.Head.AppliedOf(generation), NoRows, time.GetTimestamp());
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
