using System.Buffers.Binary;
using OrleansMail.Contracts;
using OrleansMail.Contracts.Tenants;
using OrleansMail.Server.Api.Lists;

namespace OrleansMail.Server.Api.Messages;

/// <summary>A place in a mailbox: which creation of which mailbox, and the sequence behind which to go on.</summary>
internal readonly record struct MessageCursor(Incarnation Mailbox, long After)
{
    private const int UlidOctets = 16;
    private const int Octets = UlidOctets + sizeof(long);

    /// <summary>Reads a cursor that was given out for a mailbox of the tenant.</summary>
    public static bool TryRead(CursorCodec codec, TenantId tenant, string text, out MessageCursor cursor)
    {
        cursor = default;
        if (!codec.TryDecode(Purpose(tenant), text, out var position) || position.Length != Octets)
            return false;
        cursor = new(new Incarnation(new Ulid(position.AsSpan(0, UlidOctets))), BinaryPrimitives.ReadInt64BigEndian(position.AsSpan(UlidOctets)));
        return true;
    }

    /// <summary>Writes it.</summary>
    public string Write(CursorCodec codec, TenantId tenant)
    {
        Span<byte> position = stackalloc byte[Octets];
        Mailbox.Value.TryWriteBytes(position);
        BinaryPrimitives.WriteInt64BigEndian(position[UlidOctets..], After);
        return codec.Encode(Purpose(tenant), position);
    }

    private static string Purpose(TenantId tenant) => $"messages/{tenant}";
}
