using System.Buffers.Binary;

namespace OrleansMail.Contracts.Serialization;

/// <summary>How a <see cref="Ulid"/> travels between silos: its 16 octets as two big-endian numbers.</summary>
[GenerateSerializer, Immutable, Alias("orleansmail.ulid")]
public readonly record struct UlidSurrogate([property: Id(0)] ulong High, [property: Id(1)] ulong Low);

/// <summary>Registered with Orleans by its attribute.</summary>
[RegisterConverter]
public sealed class UlidConverter : IConverter<Ulid, UlidSurrogate>
{
    /// <inheritdoc/>
    public Ulid ConvertFromSurrogate(in UlidSurrogate surrogate)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, surrogate.High);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], surrogate.Low);
        return new Ulid(bytes);
    }

    /// <inheritdoc/>
    public UlidSurrogate ConvertToSurrogate(in Ulid value)
    {
        Span<byte> bytes = stackalloc byte[16];
        value.TryWriteBytes(bytes);
        return new UlidSurrogate(BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]));
    }
}
