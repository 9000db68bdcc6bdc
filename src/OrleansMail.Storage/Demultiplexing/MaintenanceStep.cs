namespace OrleansMail.Storage.Demultiplexing;

/// <summary>The steps of demultiplexing and compaction between which a process may die. Tests do that.</summary>
internal enum MaintenanceStep
{
    /// <summary>Records are read back from logs.</summary>
    Gathered,

    /// <summary>A domain's packs are written, and nothing refers to them.</summary>
    PackWritten,

    /// <summary>A domain's head refers to its new packs.</summary>
    HeadWritten,

    /// <summary>Records of small domains are carried over to a file of their own, and nothing refers to it.</summary>
    Carried,

    /// <summary>The records that still answer repeats are kept, and nothing refers to them.</summary>
    RepeatsKept,

    /// <summary>The checkpoint passes the logs.</summary>
    CheckpointWritten,

    /// <summary>A log, pack or other file that nothing refers to any more is deleted.</summary>
    FileDeleted,

    /// <summary>A pack is written anew without what was deleted, and nothing refers to it.</summary>
    PackCompacted,
}
