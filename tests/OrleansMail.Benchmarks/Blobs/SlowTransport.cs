using System.Collections.Concurrent;
using System.Diagnostics;
using Azure.Core;
using Azure.Core.Pipeline;
using Request = Azure.Core.Request;

namespace OrleansMail.Benchmarks.Blobs;

/// <summary>Carries requests to an emulator that answers sooner than the service would: each takes at least a given time. Counts them.</summary>
internal sealed class SlowTransport(TimeSpan atLeast) : HttpPipelineTransport, IDisposable
{
    private readonly HttpClientTransport _transport = new();
    private readonly ConcurrentQueue<float> _milliseconds = new();
    private long _writes;
    private long _reads;
    private long _octets;

    /// <summary>Operations so far.</summary>
    public OperationCount Count => new(Volatile.Read(ref _writes), Volatile.Read(ref _reads), Volatile.Read(ref _octets));

    /// <summary>Milliseconds of each operation since the last call.</summary>
    public List<float> TakeTimes()
    {
        var taken = new List<float>();
        while (_milliseconds.TryDequeue(out var time))
            taken.Add(time);
        return taken;
    }

    /// <inheritdoc/>
    public override Request CreateRequest() => _transport.CreateRequest();

    /// <inheritdoc/>
    public override void Process(HttpMessage message) => throw new NotSupportedException("The store is asynchronous.");

    /// <inheritdoc/>
    public override async ValueTask ProcessAsync(HttpMessage message)
    {
        var began = Stopwatch.GetTimestamp();
        Add(message.Request);
        var least = Task.Delay(atLeast, message.CancellationToken);
        await _transport.ProcessAsync(message);
        await least;
        _milliseconds.Enqueue((float)Stopwatch.GetElapsedTime(began).TotalMilliseconds);
    }

    /// <inheritdoc/>
    public void Dispose() => _transport.Dispose();

    private void Add(Request request)
    {
        if (request.Method == RequestMethod.Get || request.Method == RequestMethod.Head)
        {
            Interlocked.Increment(ref _reads);
            return;
        }

        Interlocked.Increment(ref _writes);
        if (request.Content?.TryComputeLength(out var length) is true)
            Interlocked.Add(ref _octets, length);
    }
}

/// <summary>Operations of a store, as they are paid for.</summary>
/// <param name="Writes">All that change something.</param>
/// <param name="Reads">All others.</param>
/// <param name="OctetsWritten">What the writes carried.</param>
internal readonly record struct OperationCount(long Writes, long Reads, long OctetsWritten)
{
    /// <summary>What came between two counts.</summary>
    public static OperationCount operator -(OperationCount after, OperationCount before) =>
        new(after.Writes - before.Writes, after.Reads - before.Reads, after.OctetsWritten - before.OctetsWritten);
}
