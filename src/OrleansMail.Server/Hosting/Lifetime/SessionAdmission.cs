using Microsoft.AspNetCore.Connections;
using OrleansMail.Server.Hosting.Settings;
using OrleansMail.Smtp;

namespace OrleansMail.Server.Hosting.Lifetime;

/// <summary>Turns sessions away with 421 4.3.2 before the engine sees them: while the process ends, and over <c>Smtp:MaxConnections</c>.</summary>
internal sealed class SessionAdmission(OrleansMailSettings settings, SmtpServer server, ServerDrain drain)
{
    private readonly byte[] busy = System.Text.Encoding.ASCII.GetBytes($"421 4.3.2 {settings.Hostname} Too many sessions, try again later\r\n");
    private readonly byte[] ending = System.Text.Encoding.ASCII.GetBytes($"421 4.3.2 {settings.Hostname} Shutting down, try again later\r\n");

    /// <summary>The connection middleware.</summary>
    /// <param name="next">What comes behind it.</param>
    /// <param name="isPlain">Whether the client can read a reply: with implicit TLS it can't, and is closed without one.</param>
    public ConnectionDelegate Apply(ConnectionDelegate next, bool isPlain) => connection =>
        drain.HasBegun ? RefuseAsync(connection, isPlain ? ending : [])
        : server.Sessions >= settings.Smtp.MaxConnections ? RefuseAsync(connection, isPlain ? busy : [])
        : next(connection);

    private static async Task RefuseAsync(ConnectionContext connection, byte[] reply)
    {
        await connection.Transport.Output.WriteAsync(reply);
        await connection.Transport.Output.CompleteAsync();
    }
}
