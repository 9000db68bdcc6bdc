namespace OrleansMail.Storage.Partitions;

/// <summary>
/// A list that grows at its end and shrinks at its beginning, and never moves more than one chunk: an addition and a removal cost the
/// same at any length.
/// </summary>
internal sealed class ChunkedQueue<T>(int chunkSize)
{
    private const int FirstSize = 4;
    private readonly List<T[]> chunks = [];
    private int start;

    /// <summary>Items in it.</summary>
    public int Count { get; private set; }

    /// <summary>The item at an index, from the beginning.</summary>
    public ref T this[int index] => ref chunks[(start + index) / chunkSize][(start + index) % chunkSize];

    /// <summary>Adds an item at the end.</summary>
    public void Add(in T item)
    {
        var (chunk, offset) = Math.DivRem(start + Count, chunkSize);
        if (chunk == chunks.Count)
            chunks.Add(new T[chunk == 0 ? Math.Min(FirstSize, chunkSize) : chunkSize]);
        if (offset == chunks[chunk].Length)
        {
            var larger = chunks[chunk];
            Array.Resize(ref larger, Math.Min(larger.Length * 4, chunkSize));
            chunks[chunk] = larger;
        }

        chunks[chunk][offset] = item;
        Count++;
    }

    /// <summary>Removes items from the beginning.</summary>
    public void RemoveFirst(int count)
    {
        var clear = count;
        for (var i = 0; clear > 0; i++, clear--)
            this[i] = default!;
        Count -= count;
        start += count;
        if (Count == 0)
        {
            chunks.Clear();
            start = 0;
            return;
        }

        chunks.RemoveRange(0, start / chunkSize);
        start %= chunkSize;
    }
}
