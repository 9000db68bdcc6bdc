using System.Net;
using OrleansMail.Benchmarks.Compare.Peers;

namespace OrleansMail.Benchmarks.Compare;

/// <summary>A peer that runs, or the reason why it does not.</summary>
internal sealed class RunningPeer(IPeer peer) : IAsyncDisposable
{
    private IPEndPoint? _endPoint;

    public string Name => peer.Name;

    public string Setup => peer.Setup;

    public int ProcessId => peer.ProcessId;

    /// <summary>Where it listens.</summary>
    public IPEndPoint EndPoint => _endPoint ?? throw new InvalidOperationException($"{Name} does not run.");

    /// <summary>Why it takes no part; null when it does.</summary>
    public string? Missing { get; private set; }

    /// <summary>Starts the peer, or says why not.</summary>
    public async Task StartAsync(string folder, CancellationToken cancellationToken)
    {
        try
        {
            _endPoint = await peer.StartAsync(folder, cancellationToken);
        }
        catch (PeerMissingException e)
        {
            Missing = e.Message;
        }
    }

    public ValueTask DisposeAsync() => peer.DisposeAsync();
}
