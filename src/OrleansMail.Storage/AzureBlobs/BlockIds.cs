using System.Buffers.Binary;

namespace OrleansMail.Storage.AzureBlobs;

/// <summary>Names blocks: all of one length, as the service wants it, and never those of another writer of the same path.</summary>
internal readonly struct BlockIds(Guid writer)
{
    /// <summary>Names for one writer.</summary>
    public static BlockIds Create() => new(Guid.NewGuid());

    /// <summary>The name of a block.</summary>
    public string Of(int number)
    {
        Span<byte> id = stackalloc byte[20];
        writer.TryWriteBytes(id);
        BinaryPrimitives.WriteInt32BigEndian(id[16..], number);
        return Convert.ToBase64String(id);
    }
}
