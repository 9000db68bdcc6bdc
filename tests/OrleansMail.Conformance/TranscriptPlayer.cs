using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace OrleansMail.Conformance;

/// <summary>How a case went.</summary>
/// <param name="Skipped">The requirement that the server does not offer; null when the case was played.</param>
/// <param name="Problems">What was not as the case allows; empty when it passed.</param>
/// <param name="Codes">The reply codes, in order.</param>
public sealed record TranscriptOutcome(string? Skipped, IReadOnlyList<string> Problems, IReadOnlyList<int> Codes)
{
    /// <summary>Whether it was played without a problem.</summary>
    public bool Passed => Skipped is null && Problems.Count == 0;
}

/// <summary>Plays transcript cases against a server.</summary>
public sealed class TranscriptPlayer
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(4);
    private static readonly Regex EnhancedCode = new(@"^([245])\.(\d{1,3})\.(\d{1,3})(?= |$)", RegexOptions.CultureInvariant);

    private readonly TranscriptCase _case;
    private readonly TranscriptWire _wire;
    private readonly List<string> _problems = [];
    private readonly List<int> _codes = [];
    private int _last;

    private TranscriptPlayer(TranscriptCase one, TranscriptWire wire)
    {
        _case = one;
        _wire = wire;
    }

    /// <summary>Plays one case.</summary>
    /// <param name="one">The case.</param>
    /// <param name="target">The listener of the server that the case is for.</param>
    /// <param name="copies">
    /// Asked after the conversation for the delivered copies, one per recipient, given how many there should be at least (the callback
    /// waits for them); null: copies are not looked at.
    /// </param>
    /// <param name="tls">Whether the listener expects a TLS handshake before anything else (RFC 8314 §3.3).</param>
    public static async Task<TranscriptOutcome> PlayAsync(TranscriptCase one, IPEndPoint target, Func<int, Task<IReadOnlyList<byte[]>>>? copies = null, bool tls = false)
    {
        if (one.Requires.Count > 0 && Missing(one, await CapabilitiesAsync(target, one.Listener == "lmtp" ? "LHLO" : "EHLO", tls)) is { } missing)
            return new(missing, [], []);
        await using var wire = await ConnectAsync(target, tls);
        var player = new TranscriptPlayer(one, wire);
        await player.ConverseAsync();
        if (copies is not null && player._problems.Count == 0)
            player.Judge(await copies(one.Delivered.DefaultIfEmpty(0).Min()));
        return new(null, player._problems, player._codes);
    }

    /// <summary>The EHLO (or LHLO) keywords a server offers, with their arguments, in upper case.</summary>
    public static async Task<IReadOnlyDictionary<string, IReadOnlyList<string>>> CapabilitiesAsync(IPEndPoint target, string verb = "EHLO", bool tls = false)
    {
        var offered = new Dictionary<string, IReadOnlyList<string>>();
        await using var wire = await ConnectAsync(target, tls);
        await wire.ReadReplyAsync(Timeout);
        await wire.SendAsync(Encoding.ASCII.GetBytes($"{verb} probe.example\r\n"));
        var reply = await wire.ReadReplyAsync(Timeout);
        if (reply.Code == 250)
        {
            offered["ESMTP"] = [];
            foreach (var words in reply.Lines.Skip(1).Select(line => line.ToUpperInvariant().Split(' ', StringSplitOptions.RemoveEmptyEntries)))
                offered[words[0]] = words[1..];
        }

        await wire.SendAsync("QUIT\r\n"u8.ToArray());
        await wire.ReadReplyAsync(Timeout);
        return offered;
    }

    internal static string? Missing(TranscriptCase one, IReadOnlyDictionary<string, IReadOnlyList<string>> offered) =>
        one.Requires.FirstOrDefault(need =>
        {
            var words = need.TrimStart('!').ToUpperInvariant().Split(' ');
            var present = offered.TryGetValue(words[0], out var arguments) && words[1..].All(arguments.Contains);
            return present == need.StartsWith('!');
        });

    internal static bool IsDue(TranscriptStep step, int last) =>
        !(step.When.Count > 0 && !(last != 0 && Allows(step.When, last)) || step.Unless.Count > 0 && last != 0 && Allows(step.Unless, last));

    private static async Task<TranscriptWire> ConnectAsync(IPEndPoint target, bool tls)
    {
        var wire = await TranscriptWire.ConnectAsync(target);
        if (tls)
            await wire.StartTlsAsync();
        return wire;
    }

    private async Task ConverseAsync()
    {
        if (!await HelloAsync())
            return;
        for (var number = 1; number <= _case.Steps.Count; number++)
        {
            var step = _case.Steps[number - 1];
            if (!IsDue(step, _last))
                continue;
            if (!await PlayAsync(step, number))
                return;
        }

        var extra = await _wire.ReadReplyAsync(TimeSpan.FromMilliseconds(30));
        if (extra.Event is WireEvent.Reply or WireEvent.Garbled)
            Complain(_case.Steps.Count, $"one reply too many: {extra.Code} {extra.Text}");
    }

    private async Task<bool> HelloAsync()
    {
        if (_case.Hello == "none")
            return true;
        if (await TakeAsync(0, ["220"], orClose: false) is null)
            return false;
        if (_case.Hello == "banner")
            return true;
        await _wire.SendAsync(Encoding.ASCII.GetBytes($"{_case.Hello.ToUpperInvariant()} client.example\r\n"));
        var reply = await _wire.ReadReplyAsync(Timeout);
        if (_case.Hello == "ehlo" && reply.Code >= 500)
        {
            await _wire.SendAsync("HELO client.example\r\n"u8.ToArray());
            reply = await _wire.ReadReplyAsync(Timeout);
        }

        if (reply.Code != 250)
            Complain(0, $"greeting got {reply.Event} {reply.Code}");
        return reply.Event == WireEvent.Reply;
    }

    // False when the case is over.
    private async Task<bool> PlayAsync(TranscriptStep step, int number)
    {
        foreach (var piece in step.Send)
        {
            if (piece.Octets.Length > 0)
                await _wire.SendAsync(piece.Octets);
            if (piece.Pause > TimeSpan.Zero)
                await Task.Delay(piece.Pause);
        }

        if (step.StartTls && !await StartTlsAsync(step, number))
            return false;
        if (step.HalfClose)
            _wire.HalfClose();
        if (step.Disconnect is { } how)
        {
            _wire.Close(how);
            return false;
        }

        return await ExpectAsync(step, number) && await EndAsync(step, number);
    }

    private async Task<bool> StartTlsAsync(TranscriptStep step, int number)
    {
        try
        {
            await _wire.StartTlsAsync();
            return true;
        }
        catch (Exception e) when (e is IOException or System.Security.Authentication.AuthenticationException)
        {
            if (!step.OrClose)
                Complain(number, $"TLS handshake failed: {e.Message}");
            return false;
        }
    }

    private async Task<bool> ExpectAsync(TranscriptStep step, int number)
    {
        WireReply? reply = null;
        foreach (var wanted in step.Expect)
        {
            reply = await TakeAsync(number, wanted, step.OrClose);
            if (reply is null)
                return false;
            if (step.Enhanced && reply.Code / 100 != 3)
                JudgeEnhanced(number, reply);
            if (reply.Code == 421 && !Allows(wanted, 421))
                return false;
        }

        if (reply is not null && step.Text is not null && !Regex.IsMatch(reply.Text, step.Text))
            Complain(number, $"text '{reply.Text}' does not match {step.Text}");
        if (reply is not null && step.NotText is not null && Regex.IsMatch(reply.Text, step.NotText))
            Complain(number, $"text '{reply.Text}' matches {step.NotText}");
        return _problems.Count == 0;
    }

    private async Task<bool> EndAsync(TranscriptStep step, int number)
    {
        if (step.Closes)
        {
            if (!await _wire.WaitForCloseAsync(Timeout))
                Complain(number, "the connection stays open");
            else if (_wire.HasUnread)
                Complain(number, "more output before closing");
            return false;
        }

        return step.Quiet is not { } quiet || await BeQuietAsync(step, number, quiet);
    }

    private async Task<bool> BeQuietAsync(TranscriptStep step, int number, TimeSpan quiet)
    {
        var reply = await _wire.ReadReplyAsync(quiet);
        switch (reply.Event)
        {
            case WireEvent.Quiet:
                return true;
            case WireEvent.Reply:
                Note(reply.Code);
                if (!(step.OrClose && reply.Code >= 400 && await _wire.WaitForCloseAsync(TimeSpan.FromSeconds(1))))
                    Complain(number, $"unexpected reply {reply.Code} {reply.Text}");
                return false;
            default:
                if (!step.OrClose || reply.Event == WireEvent.Garbled)
                    Complain(number, $"{reply.Event}, wanted silence");
                return false;
        }
    }

    private async Task<WireReply?> TakeAsync(int number, IReadOnlyList<string> wanted, bool orClose)
    {
        var reply = await _wire.ReadReplyAsync(Timeout);
        if (reply.Event == WireEvent.Reply)
        {
            Note(reply.Code);
            if (!Allows(wanted, reply.Code))
                Complain(number, $"got {reply.Code} {reply.Text}, wanted {string.Join('/', wanted)}");
            return reply;
        }

        if (!(orClose && reply.Event == WireEvent.Closed))
            Complain(number, $"{reply.Event} {reply.Text}, wanted {string.Join('/', wanted)}");
        return null;
    }

    private void Judge(IReadOnlyList<byte[]> copies)
    {
        if (_case.Delivered.Count > 0 && !_case.Delivered.Contains(copies.Count))
            Complain(_case.Steps.Count, $"{copies.Count} copies delivered, wanted {string.Join('/', _case.Delivered)}");
        foreach (var copy in copies)
        {
            if (_case.BodyEnds is { } ends && !copy.AsSpan().EndsWith(ends))
                Complain(_case.Steps.Count, $"copy ends with {Shown(copy.AsSpan()[^Math.Min(copy.Length, ends.Length + 6)..])}, wanted {Shown(ends)}");
            foreach (var missing in _case.BodyHas.Where(part => copy.AsSpan().IndexOf(part) < 0))
                Complain(_case.Steps.Count, $"copy lacks {Shown(missing)}");
            foreach (var present in _case.BodyLacks.Where(part => copy.AsSpan().IndexOf(part) >= 0))
                Complain(_case.Steps.Count, $"copy has {Shown(present)}");
        }
    }

    private void JudgeEnhanced(int number, WireReply reply)
    {
        foreach (var line in reply.Lines)
        {
            var match = EnhancedCode.Match(line);
            if (!match.Success || match.Groups[1].Value[0] - '0' != reply.Code / 100)
                Complain(number, $"no enhanced code fitting {reply.Code} in '{line}'");
        }
    }

    private static bool Allows(IReadOnlyList<string> wanted, int code) => wanted.Any(one =>
        one == "any" || one == $"{code}" || one.EndsWith("xx", StringComparison.Ordinal) && one[0] - '0' == code / 100);

    private static string Shown(ReadOnlySpan<byte> octets) => $"'{Regex.Escape(Encoding.Latin1.GetString(octets))}'";

    private void Note(int code)
    {
        _last = code;
        _codes.Add(code);
    }

    private void Complain(int number, string what) => _problems.Add($"step {number}: {what}");
}
