namespace OrleansMail.Grains.Mailboxes;

/// <summary>
/// The end of a mailbox in three durable steps: hidden, its messages forgotten by the partition, its entry removed. Each can be repeated, so
/// that a crash between two is mended by the next deletion, creation or maintenance.
/// </summary>
internal static class MailboxDeletion
{
    /// <summary>Begins it, or goes on, and finishes it.</summary>
    /// <exception cref="Contracts.Storage.StoreUnavailableException">A step failed; once it has begun, the mailbox is gone for everyone.</exception>
    public static async Task DeleteAsync(ServedDomain domain, string key, MailboxEntry entry, CancellationToken cancellationToken)
    {
        if (!entry.Deleting)
            await domain.Directory.Mailboxes.SetAsync(key, entry with { Deleting = true });
        await FinishAsync(domain, key, entry, cancellationToken);
    }

    /// <summary>Finishes one that has begun.</summary>
    /// <inheritdoc cref="DeleteAsync"/>
    public static async Task FinishAsync(ServedDomain domain, string key, MailboxEntry entry, CancellationToken cancellationToken)
    {
        await domain.Partition.ForgetAsync(domain.Configuration.Domain.Key, new(entry.Incarnation), cancellationToken);
        await domain.Directory.Mailboxes.SetAsync(key, null);
    }
}
