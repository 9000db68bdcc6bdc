using System.Globalization;
using System.Net;
using System.Text;

namespace OrleansMail.Conformance;

/// <summary>
/// Plays a case and notes what the server does, without judging it: what two servers do can then be compared. Goes on where
/// <see cref="TranscriptPlayer"/> complains, unless what follows would be content taken for commands.
/// </summary>
public sealed class TranscriptRecorder
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(1);
    private static readonly string[] Verbs =
        ["HELO", "EHLO", "LHLO", "MAIL", "RCPT", "DATA", "BDAT", "RSET", "NOOP", "VRFY", "EXPN", "HELP", "QUIT", "STARTTLS", "AUTH", "XCLIENT", "PROXY", "TURN", "ETRN"];

    private readonly TranscriptWire _wire;
    private readonly List<TranscriptEvent> _events = [];
    private int _last;

    private TranscriptRecorder(TranscriptWire wire) => _wire = wire;

    /// <summary>Plays one case.</summary>
    /// <param name="one">The case.</param>
    /// <param name="target">The server.</param>
    /// <param name="offered">What the server offers: <see cref="TranscriptPlayer.CapabilitiesAsync"/>.</param>
    public static async Task<TranscriptRecording> RecordAsync(TranscriptCase one, IPEndPoint target, IReadOnlyDictionary<string, IReadOnlyList<string>> offered)
    {
        if (TranscriptPlayer.Missing(one, offered) is { } missing)
            return new(missing, []);
        await using var wire = await TranscriptWire.ConnectAsync(target);
        var recorder = new TranscriptRecorder(wire);
        if (await recorder.HelloAsync(one.Hello))
            await recorder.ConverseAsync(one.Steps);
        return new(null, recorder._events);
    }

    private async Task ConverseAsync(IReadOnlyList<TranscriptStep> steps)
    {
        foreach (var step in steps.Where(step => TranscriptPlayer.IsDue(step, _last)))
        {
            if (!await PlayAsync(step))
                return;
        }

        var extra = await _wire.ReadReplyAsync(TimeSpan.FromMilliseconds(30));
        Note("afterwards", extra.Event == WireEvent.Quiet ? "open" : extra.Event == WireEvent.Closed ? "closed" : $"{extra.Event} {extra.Code}");
    }

    private async Task<bool> HelloAsync(string hello)
    {
        if (hello == "none")
            return true;
        if (!await TakeAsync("greeting"))
            return false;
        if (hello == "banner")
            return true;
        await _wire.SendAsync(Encoding.ASCII.GetBytes(hello == "helo" ? "HELO client.example\r\n" : "EHLO client.example\r\n"));
        return await TakeAsync(hello.ToUpperInvariant());
    }

    // False when the case is over.
    private async Task<bool> PlayAsync(TranscriptStep step)
    {
        var afterData = _last == 354;
        foreach (var piece in step.Send)
        {
            if (piece.Octets.Length > 0)
                await _wire.SendAsync(piece.Octets);
            if (piece.Pause > TimeSpan.Zero)
                await Task.Delay(piece.Pause);
        }

        if (step.StartTls && !await StartTlsAsync())
            return false;
        if (step.HalfClose)
            _wire.HalfClose();
        if (step.Disconnect is { } how)
        {
            _wire.Close(how);
            return false;
        }

        return await ExpectAsync(step, afterData) && await EndAsync(step);
    }

    private async Task<bool> StartTlsAsync()
    {
        try
        {
            await _wire.StartTlsAsync();
            return true;
        }
        catch (Exception e) when (e is IOException or System.Security.Authentication.AuthenticationException)
        {
            Note("TLS", "closed");
            return false;
        }
    }

    private async Task<bool> ExpectAsync(TranscriptStep step, bool afterData)
    {
        var commands = Commands(step, afterData);
        for (var i = 0; i < step.Expect.Count; i++)
        {
            if (!await TakeAsync(commands[Math.Min(i, commands.Count - 1)]) || _last == 421)
                return false;
        }

        // What follows is content: without the 354 (or 334) it would be taken for commands.
        return step.Expect.Count == 0 || step.Expect[^1] is not (["354"] or ["334"]) || step.Expect[^1][0] == _last.ToString(CultureInfo.InvariantCulture);
    }

    private async Task<bool> EndAsync(TranscriptStep step)
    {
        if (step.Closes)
        {
            Note("afterwards", await _wire.WaitForCloseAsync(Timeout) ? "closed" : "open");
            return false;
        }

        if (step.Quiet is not { } quiet)
            return true;
        var reply = await _wire.ReadReplyAsync(quiet);
        Note("silence", reply.Event == WireEvent.Reply ? $"{reply.Code}" : Name(reply.Event));
        return reply.Event == WireEvent.Quiet;
    }

    private async Task<bool> TakeAsync(string command)
    {
        var reply = await _wire.ReadReplyAsync(Timeout);
        _last = reply.Code;
        Note(command, reply.Event == WireEvent.Reply ? $"{reply.Code}" : Name(reply.Event));
        return reply.Event == WireEvent.Reply;
    }

    private static string Name(WireEvent what) => what switch
    {
        WireEvent.Closed => "closed",
        WireEvent.Quiet => "no reply",
        _ => "ill-formed",
    };

    // Which reply belongs to which line is plain only where each line has its own.
    private static List<string> Commands(TranscriptStep step, bool afterData)
    {
        var lines = Encoding.Latin1.GetString([.. step.Send.SelectMany(static piece => piece.Octets)]).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        var content = afterData ? Array.IndexOf(lines, ".") : -1;
        IEnumerable<string> commands = lines.Skip(content + 1).Select(Verb);
        if (afterData)
            commands = commands.Prepend("content");
        return [.. commands.DefaultIfEmpty("other")];
    }

    private static string Verb(string line) =>
        Verbs.FirstOrDefault(verb => line.StartsWith(verb, StringComparison.OrdinalIgnoreCase) && (line.Length == verb.Length || line[verb.Length] is ' ' or '\t')) ?? "other";

    private void Note(string command, string value) => _events.Add(new(command, value));
}
