using System.Buffers;
using OrleansMail.Contracts.Storage;
using OrleansMail.Storage;

namespace OrleansMail.Testing.Stores;

/// <summary>A handle of a log in memory; handles of one log share its position.</summary>
internal sealed class MemoryAppendLog(MemoryObjectStore store, string path, MemoryEntry entry, Lock gate) : IAppendLog
{
    public string Path => path;

    public async ValueTask AppendAsync(long position, ReadOnlySequence<byte> data, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var fault = store.Faults.TakeAppendFault();
        var octets = data.ToArray();
        lock (gate)
        {
            if (entry.Poisoned)
                throw new LogPoisonedException($"{path} is poisoned.");
            if (fault is AppendFault.Full)
                throw new StoreFullException("Full, as the test wants it.");
            if (entry.Loose && position <= entry.Length + store.Preallocated)
                entry.EndAt(position);
            if (position != entry.Length || entry.Sealed)
                throw new StoreConflictException($"{path} ends at {entry.Length}, not at {position}.");
            if (fault is AppendFault.Unavailable)
                throw new StoreUnavailableException("Unavailable, as the test wants it.");
            if (fault is AppendFault.Poisoned)
                Poison(octets);
            entry.Begin(octets);
        }

        await FinishAsync(cancellationToken);
        store.Faults.AfterWrite("append");
        if (fault is AppendFault.LostAnswer)
            throw new StoreUnavailableException("The answer is lost, as the test wants it.");
    }

    public ValueTask<long> GetLengthAsync(CancellationToken cancellationToken) => ReadingAsync(
        () => entry.Length + (entry.IsOpenLog ? store.Preallocated : 0), cancellationToken);

    public ValueTask<int> ReadAsync(long position, Memory<byte> buffer, CancellationToken cancellationToken) => ReadingAsync(
        () => Read(position, buffer.Span), cancellationToken);

    public async ValueTask SealAsync(long length, CancellationToken cancellationToken)
    {
        await store.Faults.ReadAsync("seal", cancellationToken);
        lock (gate)
            entry.Seal(length);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task FinishAsync(CancellationToken cancellationToken)
    {
        try
        {
            await store.Faults.WaitWhileHeldAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            lock (gate)
                entry.Undo();
            throw;
        }

        lock (gate)
        {
            entry.Finish();
            store.Touch(entry);
        }
    }

    private void Poison(byte[] octets)
    {
        entry.Begin(octets[..(octets.Length / 2)]);
        entry.Finish();
        entry.Poisoned = true;
        throw new LogPoisonedException($"{path} is poisoned, as the test wants it.");
    }

    private async ValueTask<T> ReadingAsync<T>(Func<T> read, CancellationToken cancellationToken)
    {
        await store.Faults.ReadAsync("read", cancellationToken);
        lock (gate)
            return read();
    }

    private int Read(long position, Span<byte> buffer)
    {
        var end = entry.Length + (entry.IsOpenLog ? store.Preallocated : 0);
        var count = (int)Math.Clamp(end - position, 0, buffer.Length);
        var content = entry.Content.Span;
        buffer = buffer[..count];
        buffer.Clear();
        if (position < content.Length)
            content.Slice((int)position, (int)Math.Min(count, content.Length - position)).CopyTo(buffer);
        return count;
    }
}
