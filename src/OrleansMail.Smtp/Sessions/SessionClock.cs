using System.Collections.Concurrent;

namespace OrleansMail.Smtp.Sessions;

/// <summary>One timer for all sessions: each second it walks them and wakes those whose time is over.</summary>
internal sealed class SessionClock : IDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<SmtpSession, byte> _sessions = new();
    private readonly TimeProvider _time;
    private readonly ITimer _timer;

    public SessionClock(TimeProvider time)
    {
        _time = time;
        _timer = time.CreateTimer(static state => ((SessionClock)state!).Tick(), this, Period, Period);
    }

    /// <summary>The sessions that are watched; enumerating is safe while they come and go.</summary>
    public IEnumerable<SmtpSession> Sessions => _sessions.Keys.AsEnumerable();

    public void Add(SmtpSession session) => _sessions.TryAdd(session, 0);

    public void Remove(SmtpSession session) => _sessions.TryRemove(session, out _);

    public void Dispose() => _timer.Dispose();

    private void Tick()
    {
        var now = _time.GetTimestamp();
        foreach (var (session, _) in _sessions)
            session.Tick(now);
    }
}
