using System.Buffers;

namespace OrleansMail.Storage.Verification;

/// <summary>Any file, read as a log is, and told of to the pace.</summary>
internal sealed class ReadOnlyLog(VerificationContext context, VerificationReport report, string path) : IAppendLog
{
    public string Path => path;

    public async ValueTask<int> ReadAsync(long position, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        await using var stream = await context.Store.OpenReadAsync(path, position, buffer.Length, cancellationToken);
        var read = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        await context.ReadAsync(report, read, cancellationToken);
        return read;
    }

    public ValueTask AppendAsync(long position, ReadOnlySequence<byte> data, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<long> GetLengthAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask SealAsync(long length, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
