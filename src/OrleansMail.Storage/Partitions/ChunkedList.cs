namespace OrleansMail.Storage.Partitions;

/// <summary>A list that never moves more than one chunk when it grows, so that an addition costs the same at any length.</summary>
internal sealed class ChunkedList<T>(int chunkSize)
{
    private const int FirstSize = 4;
    private readonly List<T[]> chunks = [];

    /// <summary>Items in it.</summary>
    public int Count { get; private set; }

    /// <summary>The item at an index.</summary>
    public ref T this[int index] => ref chunks[index / chunkSize][index % chunkSize];

    /// <summary>Adds an item at the end.</summary>
    /// <returns>Its index.</returns>
    public int Add(in T item)
    {
        var offset = Count % chunkSize;
        if (offset == 0)
            chunks.Add(new T[chunks.Count == 0 ? Math.Min(FirstSize, chunkSize) : chunkSize]);
        var chunk = chunks[^1];
        if (offset == chunk.Length)
        {
            Array.Resize(ref chunk, Math.Min(chunk.Length * 4, chunkSize));
            chunks[^1] = chunk;
        }

        chunk[offset] = item;
        return Count++;
    }
}
