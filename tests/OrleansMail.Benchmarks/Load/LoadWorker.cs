using System.Diagnostics;
using System.Net.Sockets;

namespace OrleansMail.Benchmarks.Load;

/// <summary>One of a load's connections: a transaction after the other, a new connection where one is needed.</summary>
internal sealed class LoadWorker(LoadOptions options, LoadPayload payload, LoadTicket tickets) : IDisposable
{
    // A server that refuses connections must not be asked in a busy loop.
    private static readonly TimeSpan AfterFailure = TimeSpan.FromMilliseconds(10);

    private readonly LoadMessage _message = new(payload, options.Recipients);
    private LoadConnection? _connection;
    private long _began;

    public long Ok { get; private set; }

    public long Failed { get; private set; }

    public long Connections { get; private set; }

    /// <summary>Milliseconds.</summary>
    public List<float> Replies { get; } = [];

    /// <summary>Milliseconds.</summary>
    public List<float> Transactions { get; } = [];

    public Dictionary<string, int> Errors { get; } = [];

    /// <summary>Works until the tickets are used up.</summary>
    public async Task RunAsync()
    {
        while (tickets.TryTake(out var number))
        {
            _message.Prepare(number);
            Volatile.Write(ref _began, Stopwatch.GetTimestamp());
            try
            {
                await SendOneAsync();
            }
            catch (Exception e) when (e is SocketException or LoadException or ObjectDisposedException)
            {
                await FailAsync(e);
            }
        }

        Volatile.Write(ref _began, 0);
        if (_connection is not null)
            await _connection.QuitAsync();
    }

    /// <summary>Closes the connection under a transaction that takes too long, which fails it.</summary>
    public void CloseIfLate()
    {
        var began = Volatile.Read(ref _began);
        if (began != 0 && Stopwatch.GetElapsedTime(began) > options.Timeout)
            _connection?.Dispose();
    }

    /// <inheritdoc/>
    public void Dispose() => _connection?.Dispose();

    private async ValueTask SendOneAsync()
    {
        _connection ??= await ConnectAsync();
        _connection.Transactions++;
        await SendEnvelopeAsync(_connection);
        foreach (var part in _message.BeforeDot)
            await _connection.SendAsync(part);
        var dot = Stopwatch.GetTimestamp();
        await _connection.SendAsync(_message.WithDot);
        await _connection.ExpectAsync(250);
        var now = Stopwatch.GetTimestamp();
        Ok++;
        Replies.Add((float)Stopwatch.GetElapsedTime(dot, now).TotalMilliseconds);
        Transactions.Add((float)Stopwatch.GetElapsedTime(_began, now).TotalMilliseconds);
        if (_connection.Transactions >= options.MessagesPerConnection)
        {
            await _connection.QuitAsync();
            _connection = null;
        }
    }

    private async ValueTask SendEnvelopeAsync(LoadConnection connection)
    {
        if (options.Pipelining)
            await connection.SendAsync(_message.Envelope);
        for (var i = 0; i < _message.Lines; i++)
        {
            if (!options.Pipelining)
                await connection.SendAsync(_message.Line(i));
            await connection.ExpectAsync(i == _message.Lines - 1 ? 354 : 250);
        }
    }

    private async ValueTask<LoadConnection> ConnectAsync()
    {
        // Known before it is open, so that a server that never greets is noticed as late.
        _connection = new LoadConnection();
        Connections++;
        await _connection.OpenAsync(options.Target);
        return _connection;
    }

    private Task FailAsync(Exception error)
    {
        Failed++;
        Errors[error.Message] = Errors.GetValueOrDefault(error.Message) + 1;
        _connection?.Dispose();
        _connection = null;
        return Task.Delay(AfterFailure);
    }
}
