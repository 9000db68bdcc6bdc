using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using OrleansMail.Server.Hosting.Settings;

namespace OrleansMail.Server.Hosting.Lifetime;

/// <summary>What is settled before the engine sees a connection: while the process ends it is turned away with 421 4.3.2, and its buffers are bounded.</summary>
internal sealed class SessionAdmission(OrleansMailSettings settings, ServerDrain drain)
{
    // Of what a client sends while we are at work; Kestrel's default of 1 MiB is 20 GB for the sessions that are allowed.
    private const long MaxUnread = 128 * 1024;

    private readonly byte[] ending = System.Text.Encoding.ASCII.GetBytes($"421 4.3.2 {settings.Hostname} Shutting down, try again later\r\n");

    /// <summary>Bounds what the transport reads ahead of a session.</summary>
    public static void BoundBuffers(SocketTransportOptions transport) => transport.MaxReadBufferSize = MaxUnread;

    /// <summary>The connection middleware.</summary>
    /// <param name="next">What comes behind it.</param>
    /// <param name="isPlain">Whether the client can read a reply: with implicit TLS it can't, and is closed without one.</param>
    public ConnectionDelegate Apply(ConnectionDelegate next, bool isPlain) => connection =>
        drain.HasBegun ? RefuseAsync(connection, isPlain ? ending : []) : next(connection);

    private static async Task RefuseAsync(ConnectionContext connection, byte[] reply)
    {
        await connection.Transport.Output.WriteAsync(reply);
        await connection.Transport.Output.CompleteAsync();
    }
}
