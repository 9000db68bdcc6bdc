using System.Runtime.InteropServices;
using OrleansMail.Contracts;
using OrleansMail.Contracts.Messages;
using OrleansMail.Storage.Domains;

namespace OrleansMail.Storage.Partitions;

/// <summary>A message in a mailbox, in a log.</summary>
/// <param name="Sequence">What the mailbox calls it.</param>
/// <param name="Record">Its record.</param>
/// <param name="Place">The mailbox's place in the record.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct MailboxEntry(long Sequence, RecordEntry Record, ushort Place);

/// <summary>
/// One mailbox: its row in the domain's head, and what logs have on top of it. <see cref="PartitionIndex"/>'s gate guards it.
/// </summary>
/// <param name="mailbox">Which it is.</param>
internal sealed class MailboxIndex(Incarnation mailbox)
{
    private readonly ChunkedQueue<MailboxEntry> entries = new(512);
    private Dictionary<long, DeletedMessage>? deleted;
    private MailboxRow? row;
    private long bytes;
    private long deletedBytes;
    private DateTimeOffset? lastMessageAt;
    private TaskCompletionSource? arrival;
    private long? forgotten;

    /// <summary>Which it is.</summary>
    public Incarnation Mailbox => mailbox;

    /// <summary>Whether <see cref="Row"/> is what the head says; until then only the newest sequence is known, if that.</summary>
    public bool IsLoaded { get; private set; }

    /// <summary>The head's row; null when the head has none.</summary>
    public MailboxRow? Row => row;

    /// <summary>The last sequence that the batch being formed or written has used; the writer's alone.</summary>
    public long Assigned { get; set; }

    /// <summary>The last sequence that readers see; 0 before the first.</summary>
    public long Last { get; private set; }

    /// <summary>The mailbox has ended: nothing of it is shown, and nothing recorded.</summary>
    public bool IsForgotten => forgotten is not null;

    /// <summary>Messages in logs.</summary>
    public int Count => entries.Count;

    /// <summary>Whether it holds nothing that the head doesn't.</summary>
    public bool IsIdle => entries.Count == 0 && deleted is null && !IsForgotten && Assigned == Last;

    /// <summary>How full it is.</summary>
    public MailboxUsage Usage
    {
        get
        {
            if (IsForgotten)
                return new MailboxUsage(0, 0, null);
            var packed = row?.Usage ?? new MailboxUsage(0, 0, null);
            return new MailboxUsage(
                packed.Messages + entries.Count - (deleted?.Count ?? 0), packed.Bytes + bytes - deletedBytes, lastMessageAt ?? packed.LastMessageAt);
        }
    }

    /// <summary>Completes at the next message.</summary>
    public Task NextArrival => (arrival ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    /// <summary>The message at an index.</summary>
    public ref readonly MailboxEntry this[int index] => ref entries[index];

    /// <summary>Takes over what the head says, and drops what of the logs is in it.</summary>
    /// <param name="next">The row; null when there is none.</param>
    /// <param name="applied">The last log record whose effects are in it.</param>
    public void Load(MailboxRow? next, long applied)
    {
        row = next;
        IsLoaded = true;
        var packed = 0;
        for (; packed < entries.Count && entries[packed].Record.Number <= applied; packed++)
            bytes -= entries[packed].Record.Size;
        entries.RemoveFirst(packed);
        foreach (var (sequence, message) in deleted?.Where(d => d.Value.Number <= applied).ToList() ?? [])
            Undelete(sequence, message);
        if (forgotten <= applied)
            forgotten = null;
        Last = Math.Max(Last, next?.LastSequence ?? 0);
        Assigned = Math.Max(Assigned, Last);
    }

    /// <summary>The row is not known any more: it is read when it is next needed.</summary>
    public void Unload() => IsLoaded = false;

    /// <summary>Makes a message visible.</summary>
    /// <returns>Who waits for it, to be told outside of the gate.</returns>
    public TaskCompletionSource? Add(in MailboxEntry entry)
    {
        entries.Add(entry);
        Last = entry.Sequence;
        Assigned = Math.Max(Assigned, Last);
        bytes += entry.Record.Size;
        var receivedAt = entry.Record.ReceivedAt;
        lastMessageAt = (lastMessageAt ?? row?.Usage.LastMessageAt) is { } last && last > receivedAt ? last : receivedAt;
        var waiting = arrival;
        arrival = null;
        return waiting;
    }

    /// <summary>Hides a message.</summary>
    public void Delete(long sequence, DeletedMessage message)
    {
        if ((deleted ??= []).TryAdd(sequence, message))
            deletedBytes += message.Size;
    }

    /// <summary>Whether a message is hidden.</summary>
    public bool IsDeleted(long sequence) => IsForgotten || deleted?.ContainsKey(sequence) == true;

    /// <summary>Whether a message was deleted by a log record up to a number.</summary>
    public bool IsDeletedBy(long sequence, long number) =>
        forgotten <= number || (deleted is not null && deleted.TryGetValue(sequence, out var message) && message.Number <= number);

    /// <summary>Hides all messages, for good.</summary>
    /// <param name="number">The log record that says so.</param>
    public void Forget(long number) => forgotten = number;

    /// <summary>Index of the first message in the logs behind a sequence.</summary>
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

    private void Undelete(long sequence, DeletedMessage message)
    {
        deletedBytes -= message.Size;
        deleted!.Remove(sequence);
        if (deleted.Count == 0)
            deleted = null;
    }
}

/// <summary>A message that was deleted and is not freed yet.</summary>
/// <param name="Number">The log record that deleted it.</param>
/// <param name="Size">Octets of raw.</param>
internal readonly record struct DeletedMessage(long Number, long Size);
