using System.Text;
using OrleansMail.Fuzz.Inputs;

namespace OrleansMail.Fuzz.Reference;

/// <summary>
/// Walks through what a client sent beside what the server answered: which octets are lines and which are content follows from the
/// codes, so that each line has its reply, and each reply its line.
/// </summary>
internal sealed class SessionModel(ListenerSetup setup, SessionPlay play)
{
    private readonly IReadOnlyList<int> _codes = WireReplies.Split(play.Wire);
    private readonly DeliveryModel _delivery = new(setup, play.Delivery.Completions);
    private readonly EnvelopeModel _envelope = new(setup);
    private readonly ChunkModel _chunks = new();
    private readonly SaslModel _sasl = new();
    private int _code;

    /// <summary>Throws unless the session went as it must.</summary>
    public void Judge(ReadOnlySpan<byte> input)
    {
        if (TakeFront(ref input))
            Follow(input);
        PropertyException.Unless(_code == _codes.Count, "No reply without a line");
        _delivery.JudgeEnd();
    }

    // False when nothing is said.
    private bool TakeFront(ref ReadOnlySpan<byte> input)
    {
        var header = setup.Trusted ? NaiveFront.Measure(input) : 0;
        if (header is null || header == 0 && setup.RequiresProxy || header > 0 && _codes.Count == 0)
            return false;
        PropertyException.Unless(Next("A session begins with 220") == 220, "A session begins with 220");
        input = input[header.Value..];
        return true;
    }

    private void Follow(ReadOnlySpan<byte> rest)
    {
        for (var front = rest; NaiveLines.TryTake(ref rest, Longest(front), out var line); front = rest)
        {
            var isFollowed = _sasl.IsOpen ? TakeResponse(line)
                : line is null ? TakeLongLine(front)
                : ChunkModel.IsChunk(line) ? TakeChunk(line, ref rest)
                : TakeCommand(line, ref rest);
            if (!isFollowed)
                return;
        }
    }

    // In octets, CRLF included.
    private int Longest(ReadOnlySpan<byte> front)
    {
        var isAuth = setup.Auth && (_sasl.IsOpen || front.Length >= 5 && Ascii.EqualsIgnoreCase(front[..5], "AUTH "u8));
        return isAuth ? ListenerSetup.MaxAuthLine : play.Options.MaxCommandLineBytes;
    }

    // These are false when the session ends with it.
    private bool TakeResponse(string? line)
    {
        var code = Next("Each response is answered");
        _sasl.Respond(line, code);
        return code != 421;
    }

    private bool TakeLongLine(ReadOnlySpan<byte> front)
    {
        var code = Next("Each line is answered");
        PropertyException.Unless(code is 500 or 421, "A line that is too long is answered 500");
        // Nobody knows how much of what follows is content.
        return code == 500 && !ChunkModel.IsChunk(Encoding.Latin1.GetString(front[..Math.Min(front.Length, play.Options.MaxCommandLineBytes)]));
    }

    private bool TakeCommand(string line, ref ReadOnlySpan<byte> rest)
    {
        if (setup.Trusted && _code == _codes.Count && EnvelopeModel.Verb(line) == "PROXY")
            return false; // a header that comes too late is not answered
        var code = Next("Each line is answered");
        if (code is 334 or 235 or 535)
            BeginExchange(line, code);
        if (code == 354)
            return TakeData(line, ref rest);
        var verb = EnvelopeModel.Verb(line);
        _envelope.Follow(verb, line, code);
        if (verb is "MAIL" or "RSET" or "HELO" or "EHLO" or "LHLO" && code == 250)
            _chunks.Clear();
        if (verb == "XCLIENT" && code == 220)
            _sasl.Forget();
        return code is not (221 or 421) && !(code == 220 && verb == "STARTTLS");
    }

    private void BeginExchange(string line, int code)
    {
        PropertyException.Unless(setup is { Auth: true, Encrypted: true } && !_envelope.IsOpen, "AUTH is taken where it is offered");
        _sasl.Begin(line, code);
    }

    private bool TakeChunk(string line, ref ReadOnlySpan<byte> rest)
    {
        if (ChunkModel.Octets(line) is not { } octets)
        {
            PropertyException.Unless(Next("A chunk without a size is answered") / 100 is 4 or 5, "A chunk without a size is refused and ends the session");
            return false;
        }

        if (octets > rest.Length)
            return false;
        _chunks.Take(rest[..(int)octets]);
        rest = rest[(int)octets..];
        if (ChunkModel.IsLast(line))
            return TakeEnd(_chunks.End(), isRefused: !_envelope.IsOpen || _envelope.Recipients == 0);
        var code = Next("A chunk is answered");
        PropertyException.Unless(code != 250 || _envelope is { IsOpen: true, Recipients: > 0 }, "A chunk is accepted within a transaction that has a recipient");
        _chunks.Follow(code);
        return code != 421;
    }

    private bool TakeData(string line, ref ReadOnlySpan<byte> rest)
    {
        PropertyException.Unless(EnvelopeModel.Verb(line) == "DATA" && _envelope is { IsOpen: true, Recipients: > 0 }, "DATA is accepted within a transaction that has a recipient");
        var data = NaiveData.Read(rest);
        if (data.Length < 0)
            return false;
        rest = rest[data.Length..];
        return TakeEnd(data.Content, isRefused: setup.RejectsBareNewlines && data.HasBareNewlines);
    }

    private bool TakeEnd(string? content, bool isRefused)
    {
        var codes = new List<int>();
        for (var count = setup.Lmtp && _envelope.IsOpen ? _envelope.Recipients : 1; count > 0; count--)
            codes.Add(Next("A message is answered"));
        if (isRefused || content is null || content.Length > play.Options.MaxMessageBytes)
            PropertyException.Unless(codes.TrueForAll(static code => code / 100 is 4 or 5), "A message that is refused is not accepted");
        else
            _delivery.Judge(content, ChunkModel.HasBareNewlines(content), _envelope.Recipients, _envelope.Protocol(_sasl.IsAuthenticated), codes);
        _envelope.Close();
        return codes is not [.., 421];
    }

    private int Next(string property)
    {
        PropertyException.Unless(_code < _codes.Count, property);
        return _codes[_code++];
    }
}
