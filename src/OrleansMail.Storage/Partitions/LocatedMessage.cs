namespace OrleansMail.Storage.Partitions;

/// <summary>Where one message's metadata is in the logs.</summary>
/// <param name="Id">The record's id.</param>
/// <param name="Log">The file.</param>
/// <param name="Position">The record's position there.</param>
/// <param name="Length">Octets of header and metadata.</param>
/// <param name="Place">The mailbox's place in the record.</param>
/// <param name="Sequence">What the mailbox calls it.</param>
/// <param name="Recent">Header and metadata, when they are in memory.</param>
internal readonly record struct LocatedMessage(Ulid Id, LogSource Log, long Position, int Length, int Place, long Sequence, byte[]? Recent)
{
    /// <summary>Where an entry's is now. The caller holds the gate.</summary>
    public static LocatedMessage Of(in MailboxEntry entry) => Of(entry.Record, entry.Place, entry.Sequence);

    /// <inheritdoc cref="Of(in MailboxEntry)"/>
    public static LocatedMessage Of(RecordEntry record, int place, long sequence) =>
        new(record.Id, record.Log, record.Position, record.MetadataLength, place, sequence, record.Recent);
}
