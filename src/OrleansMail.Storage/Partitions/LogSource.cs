namespace OrleansMail.Storage.Partitions;

/// <summary>A file that records are read from until they are in packs: a log, or what was carried over from logs.</summary>
/// <param name="path">Its path.</param>
/// <param name="nonce">The salt of its checksums.</param>
internal sealed class LogSource(string path, ulong nonce)
{
    /// <summary>Its path in the store.</summary>
    public string Path => path;

    /// <summary>The salt of its checksums.</summary>
    public ulong Nonce => nonce;

    /// <summary>Records of it that the index holds. The index's gate guards it.</summary>
    public int Live { get; set; }

    /// <summary>Whether it has entries of ledgers.</summary>
    public bool HasDecisions { get; set; }

    /// <summary>When its first batch was appended, or found; null before.</summary>
    public DateTimeOffset? Since { get; set; }

    /// <inheritdoc/>
    public override string ToString() => path[(path.LastIndexOf('/') + 1)..];
}
