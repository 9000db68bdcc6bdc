using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace OrleansMail.Benchmarks.Sink;

/// <summary>Accepts connections with Kestrel's socket transport, without a host around it.</summary>
internal sealed class SinkServer(ISinkStore store)
{
    /// <summary>Serves until cancelled; sessions still open then are cut.</summary>
    public async Task RunAsync(IPEndPoint endPoint, Action<EndPoint> listening, CancellationToken cancellationToken)
    {
        var factory = new SocketTransportFactory(Options.Create(new SocketTransportOptions()), NullLoggerFactory.Instance);
        await using var listener = await factory.BindAsync(endPoint, cancellationToken);
        listening(listener.EndPoint);
        try
        {
            while (await listener.AcceptAsync(cancellationToken) is { } connection)
                _ = ServeAsync(connection);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }
    }

    private async Task ServeAsync(ConnectionContext connection)
    {
        await using (connection)
        {
            try
            {
                await new SinkSession(connection.Transport, store).RunAsync();
            }
            catch (Exception e)
            {
                connection.Abort(new ConnectionAbortedException("Session failed.", e));
            }
        }
    }
}
