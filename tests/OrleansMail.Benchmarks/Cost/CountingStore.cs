using System.Buffers;
using System.Runtime.CompilerServices;
using OrleansMail.Storage;

namespace OrleansMail.Benchmarks.Cost;

/// <summary>Counts what a blob service would charge for, as the blob store asks it: an object in blocks of 4 MiB, a range in one request, 5,000 items of a listing in one.</summary>
/// <param name="inner">Keeps everything.</param>
/// <param name="tally">Counts.</param>
/// <param name="isHollow">Objects that are only counted and not kept: they will not be read.</param>
internal sealed class CountingStore(IObjectStore inner, Tally tally, Func<string, bool> isHollow) : IObjectStore
{
    private const long BlockLength = 4 << 20;
    private const int ListedAtOnce = 5000;
    private static readonly Charges Write = new(1, 0, 0);
    private static readonly Charges Read = new(0, 1, 0);
    private static readonly Charges Delete = new(0, 0, 1);

    public string Description => inner.Description;

    public ValueTask<StoredValue?> ReadValueAsync(string path, CancellationToken cancellationToken)
    {
        tally.Add(path, Read);
        return inner.ReadValueAsync(path, cancellationToken);
    }

    public ValueTask<string> WriteValueAsync(string path, ReadOnlyMemory<byte> value, string? ifMatch, CancellationToken cancellationToken)
    {
        tally.Add(path, Write);
        return inner.WriteValueAsync(path, value, ifMatch, cancellationToken);
    }

    public ValueTask DeleteAsync(string path, string? ifMatch, CancellationToken cancellationToken)
    {
        tally.Add(path, Delete);
        return inner.DeleteAsync(path, ifMatch, cancellationToken);
    }

    public async IAsyncEnumerable<StoredItem> ListAsync(string prefix, string? after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var count = 0;
        tally.Add(prefix, Write, Purpose.Other);
        await foreach (var item in inner.ListAsync(prefix, after, cancellationToken))
        {
            if (++count % ListedAtOnce == 0)
                tally.Add(prefix, Write, Purpose.Other);
            yield return item;
        }
    }

    public async ValueTask<IObjectWriter> CreateObjectAsync(string path, CancellationToken cancellationToken) =>
        new Writer(isHollow(path) ? null : await inner.CreateObjectAsync(path, cancellationToken), path, tally);

    public ValueTask CopyObjectAsync(string source, string destination, CancellationToken cancellationToken)
    {
        tally.Add(destination, Write);
        return inner.CopyObjectAsync(source, destination, cancellationToken);
    }

    public ValueTask<Stream> OpenReadAsync(string path, long offset, long length, CancellationToken cancellationToken)
    {
        tally.Add(path, Read);
        return inner.OpenReadAsync(path, offset, length, cancellationToken);
    }

    public async ValueTask<IAppendLog> CreateLogAsync(string path, CancellationToken cancellationToken)
    {
        tally.Add(path, Write);
        tally.Begin();
        return new Log(await inner.CreateLogAsync(path, cancellationToken), tally);
    }

    public async ValueTask<IAppendLog> OpenLogAsync(string path, CancellationToken cancellationToken)
    {
        tally.Add(path, Read);
        return new Log(await inner.OpenLogAsync(path, cancellationToken), tally);
    }

    public ValueTask<bool> HasRoomAsync(long octets, CancellationToken cancellationToken) => new(true);

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private sealed class Writer(IObjectWriter? inner, string path, Tally tally) : IObjectWriter
    {
        private long length;

        public ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
        {
            tally.Touch();
            length += data.Length;
            return inner?.WriteAsync(data, cancellationToken) ?? default;
        }

        public ValueTask CommitAsync(CancellationToken cancellationToken)
        {
            tally.Add(path, Write * (length <= BlockLength ? 1 : ((length + BlockLength - 1) / BlockLength) + 1));
            return inner?.CommitAsync(cancellationToken) ?? default;
        }

        public ValueTask DisposeAsync() => inner?.DisposeAsync() ?? default;
    }

    private sealed class Log(IAppendLog inner, Tally tally) : IAppendLog
    {
        public string Path => inner.Path;

        public ValueTask AppendAsync(long position, ReadOnlySequence<byte> data, CancellationToken cancellationToken)
        {
            tally.Add(Path, Write, Purpose.Append);
            return inner.AppendAsync(position, data, cancellationToken);
        }

        public ValueTask<long> GetLengthAsync(CancellationToken cancellationToken)
        {
            tally.Add(Path, Read);
            return inner.GetLengthAsync(cancellationToken);
        }

        public ValueTask<int> ReadAsync(long position, Memory<byte> buffer, CancellationToken cancellationToken)
        {
            tally.Add(Path, Read);
            return inner.ReadAsync(position, buffer, cancellationToken);
        }

        public ValueTask SealAsync(long length, CancellationToken cancellationToken)
        {
            tally.Add(Path, Write);
            return inner.SealAsync(length, cancellationToken);
        }

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
