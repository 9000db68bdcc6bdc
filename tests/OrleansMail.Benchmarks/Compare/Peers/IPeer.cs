using System.Net;

namespace OrleansMail.Benchmarks.Compare.Peers;

/// <summary>A server that can be compared: its processes live from <see cref="StartAsync"/> to disposal.</summary>
internal interface IPeer : IAsyncDisposable
{
    /// <summary>Its row in the table.</summary>
    string Name { get; }

    /// <summary>What makes its figures comparable: version, what is durable, where the mail goes.</summary>
    string Setup { get; }

    /// <summary>The process above all of its processes; known once started.</summary>
    int ProcessId { get; }

    /// <summary>Starts it on a folder of its own, ready to accept mail for <c>ok{n}@example.test</c>.</summary>
    /// <exception cref="PeerMissingException">It can't be had on this machine.</exception>
    Task<IPEndPoint> StartAsync(string folder, CancellationToken cancellationToken);
}

/// <summary>A peer can't be had; the message says why.</summary>
internal sealed class PeerMissingException(string message) : Exception(message);
