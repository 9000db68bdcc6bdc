using System.Buffers;
using OrleansMail.Storage;

namespace OrleansMail.Testing.Stores;

/// <summary>A log behind a <see cref="FaultyObjectStore"/>, whose appends can also be torn and whose medium can fail.</summary>
internal sealed class FaultyAppendLog(FaultyObjectStore store, IAppendLog inner) : IAppendLog
{
    public string Path => inner.Path;

    public async ValueTask AppendAsync(long position, ReadOnlySequence<byte> data, CancellationToken cancellationToken)
    {
        var octets = data.ToArray();
        var (operation, fault) = await store.Script.DecideAsync(StoreOperationKind.Append, Path, cancellationToken);
        if (store.Script.IsPoisoned(Path))
            throw new LogPoisonedException($"{Path} is poisoned.");
        var written = Written(octets, fault);
        if (fault is StoreFault.Late)
            store.Script.Postpone(async () => await inner.AppendAsync(position, new(octets), CancellationToken.None));
        if (written.Length > 0)
            await inner.AppendAsync(position, new(written), CancellationToken.None);
        if (fault is StoreFault.MediumFailed)
        {
            store.Script.Poison(Path);
            throw new LogPoisonedException($"{Path} is poisoned, as the test wants it.");
        }

        if (fault is StoreFault.Full)
            throw new Contracts.Storage.StoreFullException($"Append to {Path}: full, as the test wants it.");
        if (fault is StoreFault.Unavailable or StoreFault.Late)
            throw new Contracts.Storage.StoreUnavailableException($"Append to {Path}: {fault}, as the test wants it.");
        await store.Script.FinishAsync(operation, fault, cancellationToken);
    }

    public ValueTask<long> GetLengthAsync(CancellationToken cancellationToken) =>
        store.AskAsync(StoreOperationKind.Read, Path, () => inner.GetLengthAsync(cancellationToken), cancellationToken);

    public ValueTask<int> ReadAsync(long position, Memory<byte> buffer, CancellationToken cancellationToken) =>
        store.AskAsync(StoreOperationKind.Read, Path, () => inner.ReadAsync(position, buffer, cancellationToken), cancellationToken);

    public async ValueTask SealAsync(long length, CancellationToken cancellationToken) =>
        await store.AskAsync(StoreOperationKind.Seal, Path, () => FaultyObjectStore.Done(inner.SealAsync(length, CancellationToken.None)), cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    /// <summary>What of an append reaches the medium.</summary>
    private static byte[] Written(byte[] octets, StoreFault fault)
    {
        var half = octets.Length / 2;
        switch (fault)
        {
            case StoreFault.None or StoreFault.LostAnswer or StoreFault.DiesAfter:
                return octets;
            case StoreFault.DiesWithFirstHalf or StoreFault.MediumFailed:
                return octets[..half];
            case StoreFault.DiesWithSecondHalf:
                return [.. new byte[half], .. octets[half..]];
            case StoreFault.DiesWithGarbage:
                var garbage = new byte[octets.Length];
                new Random(octets.Length).NextBytes(garbage);
                return garbage;
            default:
                return [];
        }
    }
}
