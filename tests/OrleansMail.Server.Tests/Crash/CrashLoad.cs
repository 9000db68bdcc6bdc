using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using OrleansMail.Testing.Processes;

namespace OrleansMail.Server.Tests.Crash;

/// <summary>
/// Several connections that send one message after another until the server is gone, and a ledger of what was acknowledged and what
/// was left unanswered.
/// </summary>
internal sealed class CrashLoad(int seed, string recipient)
{
    private const int Connections = 6;
    private readonly ConcurrentDictionary<string, CrashMessage> acknowledged = [];
    private readonly ConcurrentBag<CrashMessage> unanswered = [];
    private int acknowledgedInRound;

    /// <summary>Messages whose 250 was read, by Message-ID.</summary>
    public IReadOnlyDictionary<string, CrashMessage> Acknowledged => acknowledged;

    /// <summary>Sends until the connections end; calls <paramref name="kill"/> once, when that many were acknowledged in this round.</summary>
    public async Task RunAsync(IPEndPoint server, int round, int killAfter, Func<Task> kill)
    {
        acknowledgedInRound = 0;
        var due = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var talks = await Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => SmtpTalk.ConnectAsync(server)));
        var sending = Task.WhenAll(Enumerable.Range(0, Connections).Select(connection => SendAsync(connection)));
        await Task.WhenAny(due.Task, sending); // the second only when all were refused: then awaiting it tells why
        await kill();
        await sending;

        async Task SendAsync(int connection)
        {
            var random = new Random(HashCode.Combine(seed, round, connection));
            using var talk = talks[connection];
            for (var number = 0; ; number++)
            {
                var message = CrashMessage.Create($"{round}-{connection}-{number}", random);
                if (!await TryDeliverAsync(talk, message))
                    return;
                if (Interlocked.Increment(ref acknowledgedInRound) == killAfter)
                    due.SetResult();
            }
        }
    }

    /// <summary>Sends all that was left unanswered again, as a mail server does after a lost connection.</summary>
    /// <returns>How many there were.</returns>
    public async Task<int> RetryAsync(IPEndPoint server)
    {
        using var talk = await SmtpTalk.ConnectAsync(server);
        var count = 0;
        for (; unanswered.TryTake(out var message); count++)
            Assert.True(await TryDeliverAsync(talk, message), "The connection was lost during the retry.");
        await talk.SayAsync("QUIT", "221");
        return count;
    }

    private async Task<bool> TryDeliverAsync(SmtpTalk talk, CrashMessage message)
    {
        try
        {
            message.QueuedAs = await talk.DeliverAsync("load@sender.test", recipient, message.Content);
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            unanswered.Add(message);
            return false;
        }

        Assert.True(acknowledged.TryAdd(message.MessageId, message));
        return true;
    }
}
