namespace OrleansMail.Storage.Logs;

/// <summary>The kinds of records in a partition log. The numbers are stored: never reuse one.</summary>
internal enum LogRecordType : ushort
{
    /// <summary>A message whose payload follows its metadata.</summary>
    MessageInline = 1,

    /// <summary>A message whose payload is an object, durable before this record.</summary>
    MessageReference = 2,

    /// <summary>Records whose replies were seen to arrive: they answer no repeats any more.</summary>
    Seen = 3,

    /// <summary>Reserved: flags or deletion of messages.</summary>
    Change = 4,

    /// <summary>Reserved: the end of an incarnation.</summary>
    Tombstone = 5,

    /// <summary>Reserved: entries of the ledger.</summary>
    Decisions = 6,

    /// <summary>A new owner begins here; whoever held an earlier epoch can't append any more.</summary>
    Fence = 7,

    /// <summary>The log ends here and names its successor.</summary>
    Seal = 8,
}
