using System.Runtime.InteropServices;

namespace OrleansMail.Storage.Packs;

/// <summary>
/// Parts of packs in memory, up to a bound of octets, for all partitions of a process; what was not used for longest goes first. A pack never changes and its name
/// is never used again, so nothing in it is ever outdated.
/// </summary>
/// <param name="capacity">Octets held at most.</param>
public sealed class PackBlockCache(long capacity) : IDisposable
{
    private const int Overhead = 256; // of key, node and slot, and of the part's own header
    private readonly Lock gate = new();
    private readonly Dictionary<Key, LinkedListNode<Part>> parts = [];
    private readonly LinkedList<Part> byUse = new(); // the one used last is first
    private long held;

    /// <summary>What is held under a key; null when it is not.</summary>
    internal T? Find<T>(string path, long position) where T : class
    {
        lock (gate)
        {
            if (!parts.TryGetValue(new Key(path, position), out var node))
                return null;
            if (node.Previous is not null)
            {
                byUse.Remove(node);
                byUse.AddFirst(node);
            }

            return node.Value.Content as T;
        }
    }

    /// <summary>Holds something for a while.</summary>
    /// <param name="path">The pack's path.</param>
    /// <param name="position">Tells parts of a pack apart.</param>
    /// <param name="part">What is held.</param>
    /// <param name="octets">How much memory it takes.</param>
    internal void Hold<T>(string path, long position, T part, long octets) where T : class
    {
        octets += Overhead;
        if (octets > capacity)
            return;
        lock (gate)
        {
            ref var node = ref CollectionsMarshal.GetValueRefOrAddDefault(parts, new Key(path, position), out var isHeld);
            if (isHeld)
                Unlink(node!);
            node = byUse.AddFirst(new Part(new Key(path, position), part, octets));
            for (held += octets; held > capacity;)
            {
                parts.Remove(byUse.Last!.Value.Key);
                Unlink(byUse.Last);
            }
        }
    }

    /// <summary>Holds nothing any more.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            parts.Clear();
            byUse.Clear();
            held = 0;
        }
    }

    private void Unlink(LinkedListNode<Part> node)
    {
        byUse.Remove(node);
        held -= node.Value.Octets;
    }

    // Paths differ in their last characters, which are random: the others tell nothing more.
    private readonly record struct Key(string Path, long Position)
    {
        private const int Telling = 16;

        public override int GetHashCode() => HashCode.Combine(string.GetHashCode(Path.AsSpan(Math.Max(0, Path.Length - Telling))), Position);
    }

    private readonly record struct Part(Key Key, object Content, long Octets);
}
