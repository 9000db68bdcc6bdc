using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace OrleansMail.Testing.Network;

/// <summary>
/// A proxy on loopback in front of an HTTP/1.1 service, which decides for each request what becomes of it. It reads requests and answers whole, so
/// that an answer can be lost when the service has certainly done what it was asked.
/// </summary>
public sealed class FaultProxy : IAsyncDisposable
{
    private static readonly byte[] Continue = "HTTP/1.1 100 Continue\r\n\r\n"u8.ToArray();
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly IPEndPoint service;
    private readonly CancellationTokenSource end = new();
    private readonly ConcurrentDictionary<Task, bool> connections = [];
    private readonly ConcurrentQueue<(ProxyRequest Request, ProxyFault Fault)> history = new();
    private readonly Task accepting;
    private int requests;

    /// <summary>Listens on a free port in front of a service on loopback.</summary>
    public FaultProxy(int servicePort)
    {
        service = new IPEndPoint(IPAddress.Loopback, servicePort);
        listener.Start();
        accepting = AcceptAsync();
    }

    /// <summary>Where it listens.</summary>
    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>Asked for each request, from any thread. Null: all are passed on.</summary>
    public Func<ProxyRequest, ProxyFault>? Decide { get; set; }

    /// <summary>What became of each request, in order.</summary>
    public IReadOnlyList<(ProxyRequest Request, ProxyFault Fault)> History => [.. history];

    /// <summary>Faults at random, the same for a seed as far as the order of the requests is: one of these in a share of the requests.</summary>
    /// <param name="seed">Of the random numbers.</param>
    /// <param name="share">From 0 to 1.</param>
    /// <param name="faults">Of which each is as likely as the others.</param>
    public void AtRandom(int seed, double share, params ProxyFault[] faults)
    {
        var random = new Random(seed);
        Decide = _ =>
        {
            lock (random)
                return random.NextDouble() < share ? faults[random.Next(faults.Length)] : ProxyFault.None;
        };
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await end.CancelAsync();
        listener.Stop();
        await accepting;
        await Task.WhenAll(connections.Keys);
        end.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await listener.AcceptSocketAsync(end.Token);
                var serving = Task.Run(() => ServeAsync(client));
                connections[serving] = true;
                _ = serving.ContinueWith(done => connections.TryRemove(done, out _), TaskScheduler.Default);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException)
        {
            // The end.
        }
    }

    private async Task ServeAsync(Socket client)
    {
        using var upstream = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            client.NoDelay = true;
            await using var reading = new BufferedStream(new NetworkStream(client));
            BufferedStream? answers = null;
            while (await HttpMessage.ReadAsync(reading, hasBody: true, () => client.SendAsync(Continue, end.Token).AsTask(), end.Token) is { } message)
            {
                var request = new ProxyRequest(Interlocked.Increment(ref requests), message.Method, message.Target, message.Body.Length);
                var fault = Decide?.Invoke(request) ?? ProxyFault.None;
                history.Enqueue((request, fault));
                if (fault.Kind is ProxyFaultKind.Answer)
                {
                    await client.SendAsync(OwnAnswer(fault.Status), end.Token);
                    continue;
                }

                if (!await MayPassAsync(fault, client))
                    break;
                if (answers is null)
                {
                    await upstream.ConnectAsync(service, end.Token);
                    answers = new BufferedStream(new NetworkStream(upstream));
                }

                if (!await PassAsync(message, fault, client, upstream, answers))
                    break;
            }
        }
        catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException)
        {
            // One of the two is gone, and so is the other.
        }
        finally
        {
            Reset(client);
            Reset(upstream);
        }
    }

    private async Task<bool> MayPassAsync(ProxyFault fault, Socket client)
    {
        if (fault.Kind is ProxyFaultKind.Hang)
            await client.ReceiveAsync(new byte[1], end.Token); // the client gives up
        if (fault.Until is { } until)
            await until.WaitAsync(end.Token);
        return fault.Kind is not (ProxyFaultKind.Hang or ProxyFaultKind.ResetBefore);
    }

    private async Task<bool> PassAsync(HttpMessage message, ProxyFault fault, Socket client, Socket upstream, BufferedStream answers)
    {
        await upstream.SendAsync(message.Head, end.Token);
        if (fault.Kind is ProxyFaultKind.CutUpload)
        {
            await upstream.SendAsync(message.Body.AsMemory(0, message.Body.Length / 2), end.Token);
            return false;
        }

        await upstream.SendAsync(message.Body, end.Token);
        var answer = await HttpMessage.ReadAsync(answers, message.Method != "HEAD", proceed: null, end.Token);
        if (answer is null || fault.Kind is ProxyFaultKind.LoseAnswer)
            return false;
        await client.SendAsync(answer.Head, end.Token);
        await client.SendAsync(answer.Body, end.Token);
        return true;
    }

    private static byte[] OwnAnswer(int status) => Encoding.ASCII.GetBytes(
        $"HTTP/1.1 {status} Fault\r\nx-ms-error-code: {(status == 412 ? "ConditionNotMet" : "ServerBusy")}\r\nContent-Length: 0\r\n\r\n");

    private static void Reset(Socket socket)
    {
        if (socket.Connected)
            socket.LingerState = new LingerOption(enable: true, seconds: 0);
        socket.Dispose();
    }
}
