using OrleansMail.Storage;

namespace OrleansMail.Testing.Stores;

/// <summary>
/// A store in memory with faults to inject. A write is durable when its task completes; what has not completed is lost, or left torn,
/// by <see cref="Crash"/>. Several owners may share one, as silos share a blob container.
/// </summary>
public sealed class MemoryObjectStore(TimeProvider? time = null) : IObjectStore
{
    private readonly TimeProvider time = time ?? TimeProvider.System;
    private readonly Lock gate = new();
    private readonly SortedDictionary<string, MemoryEntry> entries = new(StringComparer.Ordinal);
    private long version;

    /// <summary>What goes wrong, and how often the store was asked.</summary>
    public MemoryFaults Faults { get; } = new();

    /// <summary>Octets of zeros a log has behind its content, as a folder's does.</summary>
    public int Preallocated { get; init; }

    public string Description => "memory";

    /// <summary>The paths of everything that exists, in order.</summary>
    public IReadOnlyList<string> Paths
    {
        get
        {
            lock (gate)
                return [.. entries.Keys];
        }
    }

    /// <summary>What the store would be found to hold after a power cut now; this instance can't be reached any more.</summary>
    /// <param name="unfinished">What becomes of appends that have not completed.</param>
    public MemoryObjectStore Crash(TornWrite unfinished = TornWrite.Dropped)
    {
        var found = new MemoryObjectStore(time) { Preallocated = Preallocated };
        lock (gate)
        {
            Faults.PowerIsCut();
            foreach (var (path, entry) in entries)
                found.entries.Add(path, entry.AfterPowerCut(unfinished, loose: Preallocated > 0));
            found.version = version;
        }

        return found;
    }

    /// <summary>The octets of a log or object, without what was made ahead.</summary>
    public byte[] Read(string path)
    {
        lock (gate)
            return entries[path].Content.ToArray();
    }

    /// <summary>Puts other octets in place of a log's or object's, as bit rot or a careless hand would.</summary>
    public void Overwrite(string path, byte[] content)
    {
        lock (gate)
        {
            if (entries.TryGetValue(path, out var entry))
                entry.Replace(content);
            else
                entries[path] = new MemoryEntry(content, isLog: true, NextETag(), time.GetUtcNow());
        }
    }

    /// <summary>Turns one bit over.</summary>
    public void FlipBit(string path, long position, int bit)
    {
        var content = Read(path);
        content[position] ^= (byte)(1 << bit);
        Overwrite(path, content);
    }

    public async ValueTask<StoredValue?> ReadValueAsync(string path, CancellationToken cancellationToken)
    {
        await Faults.ReadAsync("read", cancellationToken);
        lock (gate)
            return entries.TryGetValue(path, out var entry) ? new StoredValue(entry.Content.ToArray(), entry.ETag) : null;
    }

    public async ValueTask<string> WriteValueAsync(string path, ReadOnlyMemory<byte> value, string? ifMatch, CancellationToken cancellationToken)
    {
        await Faults.WriteAsync("write", value.Length, cancellationToken);
        string etag;
        lock (gate)
        {
            if (entries.GetValueOrDefault(path)?.ETag != ifMatch)
                throw new StoreConflictException($"{path} was written by someone else.");
            etag = NextETag();
            entries[path] = new MemoryEntry(value.ToArray(), isLog: false, etag, time.GetUtcNow());
        }

        Faults.AfterWrite("write");
        return etag;
    }

    public async ValueTask DeleteAsync(string path, string? ifMatch, CancellationToken cancellationToken)
    {
        await Faults.ReadAsync("delete", cancellationToken);
        lock (gate)
        {
            if (ifMatch is not null && entries.TryGetValue(path, out var entry) && entry.ETag != ifMatch)
                throw new StoreConflictException($"{path} was written by someone else.");
            entries.Remove(path);
        }
    }

    public async IAsyncEnumerable<StoredItem> ListAsync(
        string prefix, string? after, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Faults.ReadAsync("list", cancellationToken);
        StoredItem[] items;
        lock (gate)
        {
            items = [.. entries
                .Where(e => e.Key.StartsWith(prefix, StringComparison.Ordinal) && (after is null || string.CompareOrdinal(e.Key, after) > 0))
                .Select(e => new StoredItem(e.Key, e.Value.Length + (e.Value.IsOpenLog ? Preallocated : 0), e.Value.LastModified))];
        }

        foreach (var item in items)
            yield return item;
    }

    public ValueTask<IObjectWriter> CreateObjectAsync(string path, CancellationToken cancellationToken) =>
        new(new MemoryObjectWriter(this, path));

    public async ValueTask CopyObjectAsync(string source, string destination, CancellationToken cancellationToken)
    {
        await Faults.WriteAsync("copy", 0, cancellationToken);
        byte[] content;
        lock (gate)
            content = entries.TryGetValue(source, out var entry) ? entry.Content.ToArray() : throw new FileNotFoundException(source);
        Create(destination, content, isLog: false);
    }

    public async ValueTask<Stream> OpenReadAsync(string path, long offset, long length, CancellationToken cancellationToken)
    {
        await Faults.ReadAsync("read", cancellationToken);
        lock (gate)
        {
            var content = entries.TryGetValue(path, out var entry) ? entry.Content : throw new FileNotFoundException(path);
            var from = (int)Math.Min(offset, content.Length);
            return new MemoryStream(content.Slice(from, (int)Math.Min(length, content.Length - from)).ToArray(), writable: false);
        }
    }

    public async ValueTask<IAppendLog> CreateLogAsync(string path, CancellationToken cancellationToken)
    {
        await Faults.WriteAsync("create", 0, cancellationToken);
        return new MemoryAppendLog(this, path, Create(path, [], isLog: true), gate);
    }

    public async ValueTask<IAppendLog> OpenLogAsync(string path, CancellationToken cancellationToken)
    {
        await Faults.ReadAsync("open", cancellationToken);
        lock (gate)
            return entries.TryGetValue(path, out var entry) ? new MemoryAppendLog(this, path, entry, gate) : throw new FileNotFoundException(path);
    }

    public async ValueTask<bool> HasRoomAsync(long octets, CancellationToken cancellationToken)
    {
        await Faults.ReadAsync("room", cancellationToken);
        return !Faults.Full;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    internal MemoryEntry Create(string path, byte[] content, bool isLog)
    {
        lock (gate)
        {
            var entry = new MemoryEntry(content, isLog, NextETag(), time.GetUtcNow());
            return entries.TryAdd(path, entry) ? entry : throw new StoreConflictException($"{path} exists.");
        }
    }

    internal void Touch(MemoryEntry entry) => entry.LastModified = time.GetUtcNow();

    private string NextETag() => $"\"{++version}\"";
}
