using System.Buffers;

namespace OrleansMail.Benchmarks.Sink;

/// <summary>How the sink makes payloads durable.</summary>
internal interface ISinkStore : IDisposable
{
    /// <summary>Takes the payload; the task completes when it is on stable storage, and the payload's buffers are the caller's until then.</summary>
    ValueTask StoreAsync(in ReadOnlySequence<byte> payload, CommitWaiter waiter);
}
