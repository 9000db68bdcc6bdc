using System.Net;
using System.Net.Sockets;

namespace OrleansMail.Testing.Processes;

/// <summary>Ports of loopback that nothing listened on a moment ago, for settings that can't be 0.</summary>
public static class FreePorts
{
    /// <summary>Takes that many different ones; another process may take one before it is used.</summary>
    public static int[] Take(int count)
    {
        var sockets = Enumerable.Range(0, count).Select(_ => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)).ToArray();
        try
        {
            foreach (var socket in sockets)
                socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            return [.. sockets.Select(socket => ((IPEndPoint)socket.LocalEndPoint!).Port)];
        }
        finally
        {
            foreach (var socket in sockets)
                socket.Dispose();
        }
    }
}
