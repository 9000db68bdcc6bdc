namespace OrleansMail.Contracts.Storage;

/// <summary>The store can't be reached or failed: nothing was acknowledged, the caller answers 451 4.3.0 and the client keeps the message.</summary>
[GenerateSerializer, Alias("orleansmail.store-unavailable")]
public class StoreUnavailableException : Exception
{
    /// <summary>Creates one without a cause.</summary>
    public StoreUnavailableException(string message) : base(message)
    {
    }

    /// <summary>Creates one with its cause.</summary>
    public StoreUnavailableException(string message, Exception? innerException) : base(message, innerException)
    {
    }
}

/// <summary>The store has no room: nothing was acknowledged, the caller answers 452 4.3.1.</summary>
[GenerateSerializer, Alias("orleansmail.store-full")]
public sealed class StoreFullException : StoreUnavailableException
{
    /// <inheritdoc/>
    public StoreFullException(string message) : base(message)
    {
    }

    /// <inheritdoc/>
    public StoreFullException(string message, Exception? innerException) : base(message, innerException)
    {
    }
}

/// <summary>The key of one tenant is missing, revoked or out of reach: that tenant's mail is answered with 451, nobody else's.</summary>
[GenerateSerializer, Alias("orleansmail.tenant-key-unavailable")]
public sealed class TenantKeyUnavailableException : StoreUnavailableException
{
    /// <inheritdoc/>
    public TenantKeyUnavailableException(string message) : base(message)
    {
    }

    /// <inheritdoc/>
    public TenantKeyUnavailableException(string message, Exception? innerException) : base(message, innerException)
    {
    }
}

/// <summary>The number of partitions is being changed, or was: this one's domains are elsewhere then. The caller reads the manifest and asks again.</summary>
[GenerateSerializer, Alias("orleansmail.partition-closed")]
public sealed class PartitionClosedException : StoreUnavailableException
{
    /// <inheritdoc/>
    public PartitionClosedException(string message) : base(message)
    {
    }

    /// <inheritdoc/>
    public PartitionClosedException(string message, Exception? innerException) : base(message, innerException)
    {
    }
}
