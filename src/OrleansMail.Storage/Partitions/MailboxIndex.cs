using System.Runtime.InteropServices;
using OrleansMail.Contracts.Messages;

namespace OrleansMail.Storage.Partitions;

/// <summary>A message in a mailbox.</summary>
/// <param name="Sequence">What the mailbox calls it.</param>
/// <param name="Record">The number of its record.</param>
/// <param name="Place">The mailbox's place in the record.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct MailboxEntry(long Sequence, int Record, ushort Place);

/// <summary>The committed messages of one mailbox: 16 octets each. <see cref="PartitionIndex"/>'s lock guards it.</summary>
internal sealed class MailboxIndex
{
    private readonly ChunkedList<MailboxEntry> entries = new(1024);
    private long bytes;
    private DateTimeOffset? lastMessageAt;
    private TaskCompletionSource? arrival;

    /// <summary>The last sequence that the batch being formed or written has used; the writer's alone.</summary>
    public long Assigned { get; set; }

    /// <summary>The last sequence that readers see; 0 before the first.</summary>
    public long Last { get; private set; }

    /// <summary>How full it is.</summary>
    public MailboxUsage Usage => new(entries.Count, bytes, lastMessageAt);

    /// <summary>Makes a message visible.</summary>
    /// <returns>Who waits for it, to be told outside of the lock.</returns>
    public TaskCompletionSource? Add(in MailboxEntry entry, long size, DateTimeOffset receivedAt)
    {
        entries.Add(entry);
        Last = entry.Sequence;
        Assigned = Math.Max(Assigned, Last);
        bytes += size;
        lastMessageAt = lastMessageAt is { } last && last > receivedAt ? last : receivedAt;
        var waiting = arrival;
        arrival = null;
        return waiting;
    }

    /// <summary>Completes at the next message.</summary>
    public Task NextArrival => (arrival ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    /// <summary>Index of the first message behind a sequence.</summary>
    public int IndexBehind(long sequence)
    {
        var (low, high) = (0, entries.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (entries[middle].Sequence <= sequence)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }

    /// <summary>Messages in it.</summary>
    public int Count => entries.Count;

    /// <summary>The message at an index.</summary>
    public ref readonly MailboxEntry this[int index] => ref entries[index];
}
