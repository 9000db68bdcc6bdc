using System.Net.Sockets;
using System.Text;
using OrleansMail.Testing.Processes;

namespace OrleansMail.Server.Tests.Hosting;

/// <summary>The bound on sessions at once.</summary>
public sealed class ConnectionLimitTests
{
    [Fact]
    public async Task The_session_over_the_limit_is_told_and_closed_and_the_others_go_on()
    {
        await using var server = await ServerProcess.StartAsync(new ServerSettings { Arguments = ["--OrleansMail:Smtp:MaxConnections=2"] });
        using var first = await SmtpTalk.ConnectAsync(server.Smtp);
        using (var second = await SmtpTalk.ConnectAsync(server.Smtp))
        {
            Assert.Equal($"421 4.3.2 {ServerSettings.HostName} Too many sessions, try again later\r\n", await ReadAllAsync(server));
            Assert.Equal($"421 4.3.2 {ServerSettings.HostName} Too many sessions, try again later\r\n", await ReadAllAsync(server));
            await first.SayAsync("NOOP", "250");
            await second.SayAsync("QUIT", "221");
            await Assert.ThrowsAsync<IOException>(second.ReadReplyAsync); // it is over, so there is room
        }

        using var third = await SmtpTalk.ConnectAsync(server.Smtp);
        await first.SayAsync("NOOP", "250");
    }

    // All that the server says until it closes.
    private static async Task<string> ReadAllAsync(ServerProcess server)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(server.Smtp);
        using var reader = new StreamReader(client.GetStream(), Encoding.ASCII);
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        return await reader.ReadToEndAsync(timeout.Token);
    }
}
