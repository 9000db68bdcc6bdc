using OrleansMail.Contracts;
using OrleansMail.Contracts.Messages;
using OrleansMail.Contracts.Storage;
using OrleansMail.Storage.Domains;

namespace OrleansMail.Storage.Partitions;

/// <summary>Reads a domain as it is at one moment: what is in packs, and on top of it what is in logs.</summary>
internal sealed class DomainReader(PartitionIndex index, DomainLoader loader, PackedMessages packed, MessageReader logs)
{
    private const int MaxAttempts = 10;

    /// <summary>A page of a mailbox behind a sequence.</summary>
    public async ValueTask<MessagePage> ListAsync(DomainKey key, Incarnation mailbox, long after, int limit, CancellationToken cancellationToken)
    {
        var domain = await loader.PinAsync(key, new[] { mailbox }, cancellationToken);
        try
        {
            while (true)
            {
                var page = await ReadPageAsync(domain, mailbox, after, limit, cancellationToken);
                if (page.Messages.Count > 0 || !page.More)
                    return new MessagePage(page.Messages, page.More);
                after = page.Last; // nothing of this page can be served: a page behind it lets the reader go on
            }
        }
        finally
        {
            index.Unpin(domain);
        }
    }

    /// <summary>A message, and the head under which it is there; null when there is none of that id.</summary>
    public async ValueTask<(StoredMessage Message, StoredHead Head)?> FindAsync(DomainKey key, MessageId id, CancellationToken cancellationToken)
    {
        var domain = await loader.PinAsync(key, default, cancellationToken);
        try
        {
            for (var attempt = 1; ;)
            {
                var (head, located) = Locate(domain, id);
                try
                {
                    var message = located is { } log ? await logs.FindAsync(log, key, cancellationToken) : await FindPackedAsync(head, id, cancellationToken);
                    if (IsThere(domain, head, message) is { } isThere)
                        return isThere ? (message!, head) : null;
                }
                catch (FileNotFoundException) when (attempt++ < MaxAttempts)
                {
                    await loader.ReloadAsync(domain, head, cancellationToken); // a pack that is gone was replaced
                }
            }
        }
        finally
        {
            index.Unpin(domain);
        }
    }

    /// <summary>Whether a record of that id is in a pack: a call that is made again finds what it recorded.</summary>
    public async ValueTask<bool> IsPackedAsync(DomainIndex domain, Ulid id, CancellationToken cancellationToken)
    {
        var head = await loader.LoadHeadAsync(domain, cancellationToken);
        if (!head.Head.Packs.Any(p => p.MayHave(id)))
            return false;
        try
        {
            return await packed.HasAsync(head.Head, id, cancellationToken);
        }
        catch (FileNotFoundException)
        {
            await loader.ReloadAsync(domain, head, cancellationToken);
            return await packed.HasAsync((await loader.LoadHeadAsync(domain, cancellationToken)).Head, id, cancellationToken);
        }
    }

    /// <summary>Whether there is a record of that id, in a log or in a pack, deleted or not.</summary>
    public async ValueTask<bool> HasRecordAsync(DomainIndex domain, Ulid id, CancellationToken cancellationToken)
    {
        lock (index.Gate)
        {
            if (index.Find(id, domain.Key.Number) is { PackedAt: 0 })
                return true;
        }

        return await IsPackedAsync(domain, id, cancellationToken);
    }

    private async ValueTask<(List<StoredMessage> Messages, bool More, long Last)> ReadPageAsync(
        DomainIndex domain, Incarnation mailbox, long after, int limit, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var (head, row) = Snapshot(domain, mailbox);
            try
            {
                var inPacks = row is null ? [] : await packed.ListAsync(head.Head, row, after, limit + 1, cancellationToken);
                if (Collect(domain, mailbox, head, inPacks, after, limit) is not { } page)
                    continue; // more went into packs meanwhile
                var messages = new List<StoredMessage>(page.Packed.Count + page.Logged.Count);
                await packed.ReadAsync(domain.Key, page.Packed, messages, cancellationToken);
                messages.AddRange(await logs.ReadAsync(page.Logged, cancellationToken));
                return (messages, page.More, page.Last);
            }
            catch (FileNotFoundException) when (attempt < MaxAttempts)
            {
                await loader.ReloadAsync(domain, head, cancellationToken);
            }
        }
    }

    private (StoredHead Head, MailboxRow? Row) Snapshot(DomainIndex domain, Incarnation mailbox)
    {
        lock (index.Gate)
            return (domain.Head!, PartitionIndex.Mailbox(domain, mailbox).Row); // pinned, and so loaded
    }

    // What was found in packs holds for the head that it was looked for in; what is deleted and what is in logs has to be of that same moment.
    private Page? Collect(DomainIndex domain, Incarnation mailbox, StoredHead head, List<PackedMessage> inPacks, long after, int limit)
    {
        lock (index.Gate)
        {
            if (!ReferenceEquals(domain.Head, head))
                return null;
            var found = PartitionIndex.Mailbox(domain, mailbox);
            if (domain.IsForgotten || found.IsForgotten)
                return new Page([], [], false, after);
            var last = inPacks.Count > 0 ? inPacks[^1].Entry.Sequence : after;
            var more = inPacks.Count > limit;
            var lastInPage = more ? inPacks[limit - 1].Entry.Sequence : last;
            if (more)
                inPacks.RemoveRange(limit, inPacks.Count - limit);
            inPacks.RemoveAll(m => found.IsDeleted(m.Entry.Sequence));
            if (more)
                return new Page(inPacks, [], true, lastInPage);
            var logged = new List<LocatedMessage>();
            var at = found.IndexBehind(last);
            for (; at < found.Count && inPacks.Count + logged.Count < limit; at++)
            {
                last = found[at].Sequence;
                if (!found.IsDeleted(last))
                    logged.Add(LocatedMessage.Of(found[at]));
            }

            return new Page(inPacks, logged, at < found.Count, last);
        }
    }

    private (StoredHead Head, LocatedMessage? Logged) Locate(DomainIndex domain, MessageId id)
    {
        lock (index.Gate)
        {
            var head = domain.Head!; // pinned, and so loaded
            return index.Find(id.Record, id.Domain) is { PackedAt: 0 } record && record.Domain == domain
                ? (head, LocatedMessage.Of(record, Math.Min(id.Place, ushort.MaxValue), 0))
                : (head, null);
        }
    }

    private async ValueTask<StoredMessage?> FindPackedAsync(StoredHead head, MessageId id, CancellationToken cancellationToken)
    {
        if (head.Head.Domain.Number != id.Domain || await packed.FindAsync(head.Head, id, cancellationToken) is not { } found)
            return null;
        var messages = new List<StoredMessage>(1);
        await packed.ReadAsync(head.Head.Domain, [found], messages, cancellationToken);
        return messages.Count > 0 ? messages[0] : throw new PayloadDamagedException($"Record {id.Record} in pack {found.Pack.Name} is damaged.");
    }

    // Null: the head has changed meanwhile, and with it what logs say was deleted on top of it.
    private bool? IsThere(DomainIndex domain, StoredHead head, StoredMessage? message)
    {
        lock (index.Gate)
        {
            if (!ReferenceEquals(domain.Head, head))
                return null;
            return message is not null && !domain.IsForgotten && !PartitionIndex.Mailbox(domain, message.Mailbox.Incarnation).IsDeleted(message.Sequence);
        }
    }

    private sealed record Page(List<PackedMessage> Packed, List<LocatedMessage> Logged, bool More, long Last);
}
