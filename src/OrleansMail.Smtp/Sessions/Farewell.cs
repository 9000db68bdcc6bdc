using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace OrleansMail.Smtp.Sessions;

/// <summary>
/// The time between the end of a session and the end of its connection, in which the transport sends the last replies. That the peer
/// sends no more, which cancels the token <c>ConnectionClosed</c>, does not mean that it has taken them.
/// </summary>
internal sealed class Farewell(ConnectionContext connection)
{
    private readonly Socket? _socket = connection.Features.Get<IConnectionSocketFeature>()?.Socket;

    /// <summary>Whether the transport has handed everything over and shut the socket down; never known without a socket.</summary>
    public bool IsTaken => _socket is { Connected: false };
}
