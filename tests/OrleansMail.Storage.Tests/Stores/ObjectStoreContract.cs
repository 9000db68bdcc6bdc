using System.Buffers;

namespace OrleansMail.Storage.Tests.Stores;

/// <summary>What every store promises. A store's own class derives from this one and adds what only it does.</summary>
public abstract partial class ObjectStoreContract : IAsyncLifetime
{
    private IObjectStore? store;

    /// <summary>The store under test, empty at the beginning of each test.</summary>
    protected IObjectStore Store => store!;

    /// <summary>Stops a test that waits for something that never comes.</summary>
    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync() => store = await OpenStoreAsync();

    /// <inheritdoc/>
    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (store is not null)
            await store.DisposeAsync();
    }

    /// <summary>Opens an empty store, or skips the test with the reason why there is none.</summary>
    protected abstract ValueTask<IObjectStore> OpenStoreAsync();

    /// <summary>Octets that differ from place to place, the same in every run.</summary>
    protected static byte[] Octets(int length, int seed = 1)
    {
        var octets = new byte[length];
        new Random(seed).NextBytes(octets);
        return octets;
    }

    /// <summary>Writes an object in pieces.</summary>
    protected async Task WriteObjectAsync(string path, ReadOnlyMemory<byte> content, int piece = 64 * 1024)
    {
        await using var writer = await Store.CreateObjectAsync(path, Cancel);
        for (var offset = 0; offset < content.Length; offset += piece)
            await writer.WriteAsync(content.Slice(offset, Math.Min(piece, content.Length - offset)), Cancel);
        await writer.CommitAsync(Cancel);
    }

    /// <summary>Reads a range to its end.</summary>
    protected async Task<byte[]> ReadAsync(string path, long offset = 0, long length = long.MaxValue / 2)
    {
        await using var stream = await Store.OpenReadAsync(path, offset, length, Cancel);
        using var content = new MemoryStream();
        await stream.CopyToAsync(content, Cancel);
        return content.ToArray();
    }

    /// <summary>Reads a log from a position until the buffer is full or the log ends.</summary>
    protected static async Task<byte[]> ReadAsync(IAppendLog log, long position, int length)
    {
        var buffer = new byte[length];
        var total = 0;
        for (int read; total < length && (read = await log.ReadAsync(position + total, buffer.AsMemory(total), Cancel)) > 0;)
            total += read;
        return buffer[..total];
    }

    /// <summary>The octets as a sequence of one segment.</summary>
    protected static ReadOnlySequence<byte> One(byte[] octets) => new(octets);

    /// <summary>The octets as a sequence of segments of the given length.</summary>
    protected static ReadOnlySequence<byte> Many(byte[] octets, int segment)
    {
        var first = new Segment(octets.AsMemory(0, segment), null);
        var last = first;
        for (var offset = segment; offset < octets.Length; offset += segment)
            last = new Segment(octets.AsMemory(offset, Math.Min(segment, octets.Length - offset)), last);
        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, Segment? previous)
        {
            Memory = memory;
            if (previous is null)
                return;
            RunningIndex = previous.RunningIndex + previous.Memory.Length;
            previous.Next = this;
        }
    }
}
