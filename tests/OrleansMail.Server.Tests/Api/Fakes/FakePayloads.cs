using System.Collections.Concurrent;
using OrleansMail.Contracts.Messages;
using OrleansMail.Contracts.Storage;

namespace OrleansMail.Server.Tests.Api.Fakes;

internal sealed class FakePayloads : IPayloadStore
{
    private readonly ConcurrentDictionary<string, byte[]> payloads = new();

    public Exception? Failure { get; set; }

    /// <summary>The ranges that were opened.</summary>
    public ConcurrentQueue<(long Offset, long Length)> Opened { get; } = new();

    public PayloadLocation Add(byte[] raw)
    {
        var path = $"payload-{payloads.Count}";
        payloads[path] = raw;
        return new("default", path, 0, raw.Length);
    }

    public ValueTask<Stream> OpenReadAsync(PayloadLocation location, long offset, long length, CancellationToken cancellationToken)
    {
        if (Failure is not null)
            throw Failure;
        Opened.Enqueue((offset, length));
        return new(new MemoryStream(payloads[location.Path], (int)offset, (int)length, writable: false));
    }

    public ValueTask<IPayloadWriter> CreateAsync(PayloadObject target, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask CopyAsync(PayloadObject source, long length, PayloadObject target, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask DeleteAsync(PayloadObject target, CancellationToken cancellationToken) => throw new NotSupportedException();
}
