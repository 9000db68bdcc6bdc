namespace OrleansMail.Storage.Packs;

/// <summary>
/// Reads payloads of packs that are written anew. They are asked for in the order in which they lie, so neighbours come in one read: a request for each would take
/// longer, and on a service that is paid by request cost more, than the octets between them.
/// </summary>
/// <param name="packs">How many packs are read at once.</param>
internal sealed class StoredPayloads(int packs)
{
    private const int MaxMemory = 4 * 1024 * 1024; // for all packs; more only where a payload is longer than its part of it
    private readonly int window = MaxMemory / Math.Max(1, packs);
    private readonly Dictionary<PackReader, Window> windows = [];

    /// <summary>A payload as it is stored, valid until the next one of its pack is read; empty when it is an object.</summary>
    /// <exception cref="FileNotFoundException">The pack is gone.</exception>
    /// <exception cref="PackDamagedException">It ends before.</exception>
    public async ValueTask<ReadOnlyMemory<byte>> ReadAsync(PackReader reader, PackEntry entry, CancellationToken cancellationToken)
    {
        if (entry.IsObject)
            return default;
        if (!windows.TryGetValue(reader, out var held))
            windows.Add(reader, held = new Window());
        if (!held.Has(entry))
        {
            var length = Math.Max(entry.StoredLength, (int)Math.Min(window, reader.Trailer.MetadataAt - entry.PayloadOffset));
            await reader.ReadPayloadsAsync(entry.PayloadOffset, held.For(entry, length), cancellationToken);
        }

        return held.Of(entry);
    }

    private sealed class Window
    {
        private byte[] buffer = [];
        private long start;
        private int count;

        public bool Has(in PackEntry entry) => entry.PayloadOffset >= start && entry.PayloadOffset + entry.StoredLength <= start + count;

        public Memory<byte> For(in PackEntry entry, int length)
        {
            if (buffer.Length < length)
                buffer = GC.AllocateUninitializedArray<byte>(length);
            (start, count) = (entry.PayloadOffset, length);
            return buffer.AsMemory(0, length);
        }

        public ReadOnlyMemory<byte> Of(in PackEntry entry) => buffer.AsMemory((int)(entry.PayloadOffset - start), entry.StoredLength);
    }
}
