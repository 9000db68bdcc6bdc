namespace OrleansMail.Server.Api;

/// <summary>The secret that signs list cursors: the same on every silo and after a restart, so that a cursor stays good.</summary>
internal interface ICursorKey
{
    /// <summary>At least 32 octets.</summary>
    ReadOnlyMemory<byte> Key { get; }
}
