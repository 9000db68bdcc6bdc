using OrleansMail.Smtp.Tests.Authentication;

namespace OrleansMail.Smtp.Tests.Sessions;

/// <summary>What the RFCs make of a session whose client writes only well-formed commands, in any order.</summary>
/// <param name="listener">What is offered; there is a certificate.</param>
/// <param name="maxMessage">Octets of content at most.</param>
internal sealed class ExpectedSession(SmtpListenerOptions listener, int maxMessage)
{
    private const int MaxWrongCredentials = 3;

    private readonly List<string> _stored = [];
    private readonly List<(string Path, bool IsFull)> _recipients = [];
    private string? _greeting;
    private bool _isOpen;
    private string? _chunks;
    private int _failure;
    private bool _isAuthenticated;
    private int _wrongCredentials;

    /// <summary>What the session says of the messages that it took: client, protocol, recipients and content.</summary>
    public IReadOnlyList<string> Stored => _stored;

    /// <summary>Whether the session is encrypted.</summary>
    public bool IsEncrypted { get; private set; }

    /// <summary>Whether the session is over.</summary>
    public bool IsOver { get; private set; }

    /// <summary>Whether the peer may say by XCLIENT for whom it speaks.</summary>
    public required bool MayTellClient { get; set; }

    /// <summary>The client's address as the trace line has it.</summary>
    public required string Client { get; set; }

    /// <summary>The connection was closed without a greeting.</summary>
    public ExpectedSession Refused()
    {
        IsOver = true;
        return this;
    }

    /// <summary>HELO, EHLO or LHLO.</summary>
    public Exchange Greet(string verb)
    {
        if (verb == "LHLO" != listener.Lmtp)
            return Say($"{verb} a.test", 500);
        _greeting = verb;
        Close();
        return Say($"{verb} a.test", 250);
    }

    public Exchange Mail()
    {
        if (_greeting is null || _isOpen)
            return Say("MAIL FROM:<c@d.test>", 503);
        _isOpen = true;
        return Say("MAIL FROM:<c@d.test>", 250);
    }

    public Exchange Rcpt(string name)
    {
        var line = $"RCPT TO:<{name}@example.test>";
        if (!_isOpen || _chunks is not null)
            return Say(line, 503);
        if (!name.StartsWith("ok", StringComparison.Ordinal))
            return Say(line, 550);
        _recipients.Add(($"{name}@example.test", name.StartsWith("okfull", StringComparison.Ordinal)));
        return Say(line, 250);
    }

    public Exchange Data(string content)
    {
        if (_recipients.Count == 0 || _chunks is not null)
            return Say("DATA", 503);
        var isBare = content.Replace("\r\n", "", StringComparison.Ordinal).AsSpan().ContainsAny('\r', '\n');
        var failure = content.Length > maxMessage ? 552 : isBare && listener.BareNewlines == SmtpBareNewlines.Reject ? 550 : 0;
        var stuffed = (content.StartsWith('.') ? "." : "") + content.Replace("\r\n.", "\r\n..", StringComparison.Ordinal);
        return new($"DATA\r\n{stuffed}.\r\n", [354, .. End(content, failure)]);
    }

    public Exchange Bdat(string content, bool last)
    {
        var chunk = $"BDAT {content.Length}{(last ? " LAST" : "")}\r\n{content}";
        if (!_isOpen)
            return new(chunk, [503]);
        if (_failure == 0)
            _failure = _recipients.Count == 0 ? 503 : (_chunks + content).Length > maxMessage ? 552 : 0;
        _chunks += content;
        return new(chunk, last ? End(_chunks, _failure) : [_failure == 0 ? 250 : _failure]);
    }

    public Exchange Rset()
    {
        Close();
        return Say("RSET", 250);
    }

    public Exchange Noop() => Say("NOOP", 250);

    /// <summary>STARTTLS; a handshake follows the 220.</summary>
    public Exchange StartTls()
    {
        if (_greeting is null || _chunks is not null || IsEncrypted)
            return Say("STARTTLS", 503);
        IsEncrypted = true;
        _greeting = null;
        Close();
        return Say("STARTTLS", 220);
    }

    /// <summary>AUTH PLAIN in one line, or AUTH LOGIN in three.</summary>
    public Exchange Auth(bool login, string password)
    {
        var begin = login ? "AUTH LOGIN" : $"AUTH PLAIN {Secured.Base64($"\0carol\0{password}")}";
        var refusal = !listener.Auth ? 502 : _isOpen ? 503 : !IsEncrypted ? 538 : _isAuthenticated || _greeting is null ? 503 : 0;
        if (refusal != 0)
            return Say(begin, refusal);
        var outcome = Check(password == "secret");
        return login
            ? new($"{begin}\r\n{Secured.Base64("carol")}\r\n{Secured.Base64(password)}\r\n", [334, 334, outcome])
            : Say(begin, outcome);
    }

    /// <summary>AUTH that the client gives up.</summary>
    public Exchange CancelAuth() =>
        listener.Auth && IsEncrypted && !_isAuthenticated && _greeting is not null && !_isOpen ? new("AUTH LOGIN\r\n*\r\n", [334, 501]) : Auth(login: true, "secret");

    /// <summary>XCLIENT with an address as it has it and as the trace line has it.</summary>
    public Exchange Xclient(string address, string literal)
    {
        var line = $"XCLIENT ADDR={address}";
        if (!MayTellClient)
            return Say(line, 500);
        if (_isOpen)
            return Say(line, 503);
        (Client, _greeting, _isAuthenticated) = (literal, null, false);
        return Say(line, 220);
    }

    /// <summary>A PROXY header behind the greeting.</summary>
    public Exchange LateProxy(string header)
    {
        IsOver = MayTellClient;
        return new(header, IsOver ? [] : [500]);
    }

    /// <summary>The step that goes on towards a message, or first towards one of a client that is known.</summary>
    public Exchange GoOn(bool secured, string recipient, string content) =>
        _greeting is null ? Greet(listener.Lmtp ? "LHLO" : "EHLO")
        : !_isOpen && secured && !IsEncrypted ? StartTls()
        : !_isOpen && secured && listener.Auth && !_isAuthenticated ? Auth(login: false, "secret")
        : !_isOpen ? Mail()
        : _recipients.Count == 0 && _chunks is null ? Rcpt(recipient)
        : _chunks is null && content.Length % 2 == 0 ? Data(content)
        : Bdat(content, last: content.Length % 3 == 0);

    private static Exchange Say(string line, int code) => new(line + "\r\n", [code]);

    private int Check(bool isRight)
    {
        _isAuthenticated = isRight;
        IsOver = !isRight && ++_wrongCredentials > MaxWrongCredentials;
        return IsOver ? 421 : isRight ? 235 : 535;
    }

    private int[] End(string content, int failure)
    {
        if (failure == 0)
            Store(content);
        var codes = _recipients.ConvertAll(one => failure != 0 ? failure : one.IsFull ? 452 : 250);
        if (!listener.Lmtp)
            codes = [failure != 0 ? failure : codes.Max()];
        Close();
        return [.. codes];
    }

    private void Store(string content)
    {
        var takers = _recipients.Where(static one => !one.IsFull).Select(static one => one.Path).ToList();
        var protocol = _greeting == "HELO" ? "SMTP" : (listener.Lmtp ? "LMTP" : "ESMTP") + (IsEncrypted ? "S" : "") + (_isAuthenticated ? "A" : "");
        if (takers.Count > 0)
            _stored.Add($"({Client}) with {protocol} for {string.Join(' ', takers)}: {content}");
    }

    private void Close()
    {
        _recipients.Clear();
        (_isOpen, _chunks, _failure) = (false, null, 0);
    }
}

/// <summary>What a client sends, and the codes that answer it.</summary>
internal sealed record Exchange(string Octets, int[] Codes);
