using OrleansMail.Contracts.Storage;

namespace OrleansMail.Storage.FileSystem;

/// <summary>Another process has the folder open: a folder belongs to one process at a time.</summary>
public sealed class StoreLockedException : StoreUnavailableException
{
    /// <summary>Creates one for a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="processId">Who holds it; null when that can't be seen.</param>
    /// <param name="innerException">What the system said.</param>
    public StoreLockedException(string folder, int? processId, Exception? innerException)
        : base($"The folder '{folder}' is in use by {(processId is { } id ? $"process {id}" : "another process")}; one process at a time may have it.", innerException)
    {
        Folder = folder;
        ProcessId = processId;
    }

    /// <summary>The folder.</summary>
    public string Folder { get; }

    /// <summary>The process that holds it; null when that can't be seen.</summary>
    public int? ProcessId { get; }
}
