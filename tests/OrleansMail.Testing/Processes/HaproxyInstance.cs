using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace OrleansMail.Testing.Processes;

/// <summary>An HAProxy of the tests' own in front of one server, on a free port of loopback.</summary>
public sealed class HaproxyInstance : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(20);

    private readonly TemporaryFolder folder = new();
    private Process? process;

    private HaproxyInstance(int port) => Port = port;

    /// <summary>Where it listens, on 127.0.0.1 and, where there is IPv6, on ::1.</summary>
    public int Port { get; }

    /// <summary>Starts one; skips the calling test where it is not installed.</summary>
    /// <param name="server">Where it passes connections on to.</param>
    /// <param name="options">What stands behind the server's address, such as <c>send-proxy-v2</c>.</param>
    public static async Task<HaproxyInstance> StartAsync(IPEndPoint server, string options)
    {
        var program = CommandRunner.Require("haproxy");
        var instance = new HaproxyInstance(FreePorts.Take(1)[0]);
        try
        {
            var file = instance.folder.File("haproxy.cfg");
            await File.WriteAllTextAsync(file, instance.Configuration(server, options));
            instance.process = Process.Start(new ProcessStartInfo(program, ["-db", "-q", "-f", file]) { RedirectStandardError = true })!;
            await instance.WaitAsync();
            return instance;
        }
        catch
        {
            await instance.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (process is { HasExited: false })
        {
            process.Kill();
            await process.WaitForExitAsync();
        }

        process?.Dispose();
        folder.Dispose();
    }

    private string Configuration(IPEndPoint server, string options) => $"""
        defaults
            mode tcp
            timeout connect 5s
            timeout client 60s
            timeout server 60s
            timeout check 5s
        listen smtp
            bind 127.0.0.1:{Port}
            {(Socket.OSSupportsIPv6 ? $"bind [::1]:{Port}" : "")}
            option tcp-check
            tcp-check expect rstring ^220
            server one {server} {options}

        """;

    // Each try is a connection that HAProxy passes on and that ends without a word.
    private async Task WaitAsync()
    {
        using var timeout = new CancellationTokenSource(StartTimeout);
        while (true)
        {
            if (process!.HasExited)
                throw new InvalidOperationException($"HAProxy ended with code {process.ExitCode}: {await process.StandardError.ReadToEndAsync(timeout.Token)}");
            try
            {
                using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync(IPAddress.Loopback, Port, timeout.Token);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(20, timeout.Token);
            }
        }
    }
}
