using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace OrleansMail.Smtp.Sessions;

/// <summary>One timer for all sessions: each second it walks them and wakes those whose time is over.</summary>
internal sealed partial class SessionClock : IDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<SessionRun, byte> _sessions = new();
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ITimer _timer;

    public SessionClock(TimeProvider time, ILogger logger)
    {
        _time = time;
        _logger = logger;
        _timer = time.CreateTimer(static state => ((SessionClock)state!).Tick(), this, Period, Period);
    }

    /// <summary>The sessions that are watched; enumerating is safe while they come and go.</summary>
    public IEnumerable<SessionRun> Sessions => _sessions.Keys.AsEnumerable();

    public void Add(SessionRun session) => _sessions.TryAdd(session, 0);

    public void Remove(SessionRun session) => _sessions.TryRemove(session, out _);

    public void Dispose() => _timer.Dispose();

    private void Tick()
    {
        var now = _time.GetTimestamp();
        foreach (var (session, _) in _sessions)
        {
            try
            {
                session.Tick(now);
            }
            catch (Exception e)
            {
                Log.NotWoken(_logger, e); // one transport's trouble is not the other sessions'
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "A transport failed when its session's time was over.", EventName = "SessionNotWoken")]
        public static partial void NotWoken(ILogger logger, Exception exception);
    }
}
