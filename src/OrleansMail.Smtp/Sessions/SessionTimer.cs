namespace OrleansMail.Smtp.Sessions;

/// <summary>
/// The two deadlines of a session: of its phase and of its transaction. They run only while the session waits for its peer
/// (<see cref="Arm"/> … <see cref="Rest"/>), so that a slow store never costs a client its session. The server's one tick asks <see cref="IsDue()"/>.
/// </summary>
internal sealed class SessionTimer
{
    private const long Never = long.MaxValue;

    private readonly TimeProvider _time;
    private long _armed = Never;
    private long _phase = Never;
    private long _transaction = Never;
    private long _restingSince;
    private SmtpTimeout _kind;

    public SessionTimer(TimeProvider time)
    {
        _time = time;
        _restingSince = time.GetTimestamp();
    }

    /// <summary>Which limit runs out first.</summary>
    public SmtpTimeout Kind => _transaction < _phase ? SmtpTimeout.Transaction : _kind;

    /// <summary>Sets the deadline of the phase that begins now.</summary>
    public void StartPhase(SmtpTimeout kind, TimeSpan limit)
    {
        _kind = kind;
        _phase = After(limit);
    }

    /// <summary>Sets the deadline of the transaction.</summary>
    public void StartTransaction(TimeSpan limit) => _transaction = After(limit);

    /// <summary>Takes the deadline of the transaction away.</summary>
    public void EndTransaction() => _transaction = Never;

    /// <summary>The session begins to wait for its peer.</summary>
    public void Arm()
    {
        if (_transaction != Never)
            _transaction += _time.GetTimestamp() - _restingSince;
        Volatile.Write(ref _armed, Math.Min(_phase, _transaction));
    }

    /// <summary>The session goes to work.</summary>
    public void Rest()
    {
        Volatile.Write(ref _armed, Never);
        _restingSince = _time.GetTimestamp();
    }

    /// <summary>Whether the session waits and its time is over.</summary>
    public bool IsDue(long now) => now >= Volatile.Read(ref _armed);

    /// <summary>The same, at the present time.</summary>
    public bool IsDue() => IsDue(_time.GetTimestamp());

    private long After(TimeSpan limit)
    {
        // A limit of centuries (or "infinite", which is negative) is none.
        if (limit < TimeSpan.Zero || limit > TimeSpan.FromDays(36500))
            return Never;
        return _time.GetTimestamp() + (long)(limit.TotalSeconds * _time.TimestampFrequency);
    }
}
