using OrleansMail.Contracts;
using OrleansMail.Storage.Packs;

namespace OrleansMail.Storage.Verification;

/// <summary>A sound record that was found in a pack without its entries.</summary>
/// <param name="At">Where it begins.</param>
/// <param name="Record">The record.</param>
internal sealed record FoundRecord(long At, PackedRecord Record)
{
    /// <summary>An entry that leads to it and its payload, whichever mailbox's it is; null when it is not known where the payload is.</summary>
    public PackEntry? Entry { get; set; }

    /// <summary>Where an entry of the record stands in the order of entries; null when the entry is none of it.</summary>
    public EntryKey? KeyOf(in PackEntry entry) => entry.Place < Record.Summary.Mailboxes.Length ? KeyAt(entry.Place) : null;

    /// <summary>Where the entry of one of its mailboxes stands.</summary>
    public EntryKey KeyAt(int place) => new(Record.Summary.Mailboxes[place].Incarnation, Record.Summary.Mailboxes[place].Sequence);
}

/// <summary>The order of a pack's entries.</summary>
/// <param name="Mailbox">The mailbox.</param>
/// <param name="Sequence">What it calls the message.</param>
internal readonly record struct EntryKey(Incarnation Mailbox, long Sequence) : IComparable<EntryKey>
{
    /// <inheritdoc/>
    public int CompareTo(EntryKey other) => Mailbox.Value.CompareTo(other.Mailbox.Value) is var order and not 0 ? order : Sequence.CompareTo(other.Sequence);
}
