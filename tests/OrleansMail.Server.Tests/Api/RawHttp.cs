using System.Net.Sockets;
using System.Text;

namespace OrleansMail.Server.Tests.Api;

/// <summary>Requests as octets: a client library would correct what these tests send.</summary>
internal static class RawHttp
{
    /// <summary>The whole answer to a GET; nothing when the connection was cut.</summary>
    public static async Task<string> GetAsync(Uri server, string target, string authorization)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(server.Host, server.Port);
        var stream = client.GetStream();
        try
        {
            await stream.WriteAsync(Encoding.UTF8.GetBytes($"GET {target} HTTP/1.1\r\nHost: x\r\nAuthorization: {authorization}\r\nConnection: close\r\n\r\n"));
            return await new StreamReader(stream).ReadToEndAsync();
        }
        catch (IOException)
        {
            return "";
        }
    }
}
