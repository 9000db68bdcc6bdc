namespace OrleansMail.Smtp.Sessions;

/// <summary>
/// The deadlines of a session: of its phase, of its transaction, and of the window in which some data must come. They run only while the
/// session waits for its peer (<see cref="Arm"/> … <see cref="Rest"/>), so that a slow store never costs a client its session. Its age
/// alone runs by the clock: it ends nothing that is begun. The server's one tick asks <see cref="IsDue()"/> and <see cref="Ages"/>.
/// </summary>
internal sealed class SessionTimer
{
    private const long Never = long.MaxValue;

    private readonly TimeProvider _time;
    private readonly long _oldAt;
    private long _armed = Never;
    private long _phase = Never;
    private long _transaction = Never;
    private long _window = Never;
    private long _windowGoal;
    private long _restingSince;
    private SmtpTimeout _kind;
    private volatile bool _isOld;

    /// <summary>Begins a session that may become so old.</summary>
    public SessionTimer(TimeProvider time, TimeSpan age)
    {
        _time = time;
        _restingSince = time.GetTimestamp();
        _oldAt = After(age);
    }

    /// <summary>Which limit runs out first.</summary>
    public SmtpTimeout Kind =>
        _transaction < Math.Min(_phase, _window) ? SmtpTimeout.Transaction
        : _window < _phase ? SmtpTimeout.DataRate
        : _kind;

    /// <summary>Whether the session is to end when no transaction is open.</summary>
    public bool IsOld => _isOld;

    /// <summary>Whether data is measured.</summary>
    public bool IsMetering => _window != Never;

    /// <summary>Sets the deadline of the phase that begins now.</summary>
    public void StartPhase(SmtpTimeout kind, TimeSpan limit)
    {
        _kind = kind;
        _phase = After(limit);
    }

    /// <summary>Sets the deadline of the transaction.</summary>
    public void StartTransaction(TimeSpan limit) => _transaction = After(limit);

    /// <summary>Takes the deadlines of the transaction and its data away.</summary>
    public void EndTransaction() => _transaction = _window = Never;

    /// <summary>Begins a window for data, unless one runs whose goal is not reached.</summary>
    /// <param name="received">Octets that the session has received.</param>
    /// <param name="rate">Octets per second, on average over the window; 0 measures nothing.</param>
    /// <param name="window">The window.</param>
    public void Meter(long received, int rate, TimeSpan window)
    {
        if (rate <= 0 || IsMetering && received < _windowGoal)
            return;
        _window = After(window);
        _windowGoal = received + (long)(rate * window.TotalSeconds);
    }

    /// <summary>The session begins to wait for its peer.</summary>
    public void Arm()
    {
        if (_transaction != Never || IsMetering)
            Postpone(_time.GetTimestamp() - _restingSince);
        Volatile.Write(ref _armed, First);
    }

    /// <summary>The session goes to work.</summary>
    public void Rest()
    {
        Volatile.Write(ref _armed, Never);
        _restingSince = _time.GetTimestamp();
    }

    /// <summary>Whether the session, at work, found its time over when it began to: a peer that always sends something in time is never found waiting.</summary>
    public bool IsOver => First <= _restingSince;

    /// <summary>Whether the session waits and its time is over.</summary>
    public bool IsDue(long now) => now >= Volatile.Read(ref _armed);

    /// <summary>The same, at the present time.</summary>
    public bool IsDue() => IsDue(_time.GetTimestamp());

    /// <summary>Whether the session has become old since the last call, waiting or not; called by the tick alone.</summary>
    public bool Ages(long now) => !_isOld && now >= _oldAt && (_isOld = true);

    private long First => Math.Min(_phase, Math.Min(_transaction, _window));

    private void Postpone(long rested)
    {
        if (_transaction != Never)
            _transaction += rested;
        if (IsMetering)
            _window += rested;
    }

    private long After(TimeSpan limit)
    {
        // A limit of centuries (or "infinite", which is negative) is none.
        if (limit < TimeSpan.Zero || limit > TimeSpan.FromDays(36500))
            return Never;
        return _time.GetTimestamp() + (long)(limit.TotalSeconds * _time.TimestampFrequency);
    }
}
