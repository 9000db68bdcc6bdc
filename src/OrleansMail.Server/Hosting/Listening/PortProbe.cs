using System.Net;
using System.Net.Sockets;

namespace OrleansMail.Server.Hosting.Listening;

/// <summary>Tries an address before anything is started, so that a port that is taken is told at once.</summary>
internal static class PortProbe
{
    /// <summary>Checks that the address can be listened on.</summary>
    /// <param name="endpoint">The address; port 0 always can.</param>
    /// <param name="what">What would listen there.</param>
    /// <param name="switchName">The switch that changes it; null when there is none.</param>
    /// <param name="key">The setting that changes it.</param>
    /// <exception cref="StartupException">It can't.</exception>
    public static void Check(IPEndPoint endpoint, string what, string? switchName, string key)
    {
        if (Try(endpoint) is not { } error)
            return;
        var change = switchName is null ? $"Choose another with {key}." : $"Choose another with {switchName} (setting {key}).";
        throw new StartupException(error switch
        {
            SocketError.AddressAlreadyInUse => $"{what} can't listen on {endpoint}: the port is taken{Holder(endpoint.Port)}. {change}",
            SocketError.AccessDenied => $"{what} can't listen on {endpoint}: ports below 1024 need privileges. {change}",
            SocketError.AddressNotAvailable => $"{what} can't listen on {endpoint}: this machine has no such address. {change}",
            _ => $"{what} can't listen on {endpoint}: {error}. {change}",
        });
    }

    /// <summary>Whether a port of loopback is free.</summary>
    public static bool IsFree(int port) => Try(new IPEndPoint(IPAddress.Loopback, port)) is null;

    /// <summary>A port of loopback that is free now.</summary>
    public static int FindFree()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private static SocketError? Try(IPEndPoint endpoint)
    {
        try
        {
            using var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(endpoint);
            socket.Listen();
            return null;
        }
        catch (SocketException exception)
        {
            return exception.SocketErrorCode;
        }
    }

    private static string Holder(int port) => PortHolder.Find(port) is { } holder ? $" by {holder}" : "";
}
