using System.Diagnostics.Metrics;

namespace OrleansMail.Smtp.Sessions;

/// <summary>The engine's instruments on meter <c>OrleansMail</c>; without a factory nothing is measured.</summary>
internal sealed class SmtpMetrics
{
    private readonly UpDownCounter<long>? _sessions;
    private readonly Counter<long>? _commands;
    private readonly Counter<long>? _replies;
    private readonly Counter<long>? _handshakes;
    private readonly Counter<long>? _refusals;
    private readonly KeyValuePair<string, object?>[] _codes = new KeyValuePair<string, object?>[600];

    public SmtpMetrics(IMeterFactory? factory)
    {
        if (factory?.Create("OrleansMail") is not { } meter)
            return;
        _sessions = meter.CreateUpDownCounter<long>("orleansmail.smtp.sessions", "{session}", "SMTP sessions open now.");
        _commands = meter.CreateCounter<long>("orleansmail.smtp.commands", "{command}", "Command lines received.");
        _replies = meter.CreateCounter<long>("orleansmail.smtp.replies", "{reply}", "Replies sent, by code.");
        _handshakes = meter.CreateCounter<long>("orleansmail.smtp.tls.handshakes", "{handshake}", "TLS handshakes, by outcome.");
        _refusals = meter.CreateCounter<long>("orleansmail.smtp.refusals", "{refusal}", "What was refused or ended, by reason.");
    }

    public void SessionStarted() => _sessions?.Add(1);

    public void SessionEnded() => _sessions?.Add(-1);

    public void CommandReceived() => _commands?.Add(1);

    public void Shaken(ReadOutcome outcome) => _handshakes?.Add(1, new KeyValuePair<string, object?>("outcome", outcome switch
    {
        ReadOutcome.Data => "completed",
        ReadOutcome.Expired => "timeout",
        _ => "failed",
    }));

    public void Refused(string reason) => _refusals?.Add(1, new KeyValuePair<string, object?>("reason", reason));

    public void Replied(int code)
    {
        if (_replies is not { Enabled: true })
            return;
        ref var tag = ref _codes[code];
        if (tag.Key is null)
            tag = new("code", code); // boxed once per code; two threads doing so at once write the same
        _replies.Add(1, tag);
    }
}
