using System.Text;
using OrleansMail.Smtp;
using OrleansMail.Testing.Smtp;

namespace OrleansMail.Fuzz.Reference;

/// <summary>
/// Walks through what a client sent beside what the server answered: which octets are lines and which are content follows from the
/// codes, so that each line has its reply, and each reply its line.
/// </summary>
internal sealed class SessionModel(SmtpServerOptions options, IReadOnlyList<int> codes, IReadOnlyList<MemoryMessage> messages)
{
    private readonly ChunkModel _chunks = new();
    private int _code;
    private int _message;

    /// <summary>Throws unless the session went as it must.</summary>
    public void Judge(ReadOnlySpan<byte> input)
    {
        PropertyException.Unless(Next("A session begins with 220") == 220, "A session begins with 220");
        Follow(input);
        PropertyException.Unless(_code == codes.Count, "No reply without a line");
        PropertyException.Unless(_message == messages.Count, "No message without its 250");
    }

    private void Follow(ReadOnlySpan<byte> rest)
    {
        for (var front = rest; NaiveLines.TryTake(ref rest, options.MaxCommandLineBytes, out var line); front = rest)
        {
            if (line is not null && ChunkModel.IsChunk(line))
            {
                if (!TakeChunk(line, ref rest))
                    return;
                continue;
            }

            var code = Next("Each line is answered");
            PropertyException.Unless(line is not null || code is 500 or 421, "A line that is too long is answered 500");
            if (line is null && ChunkModel.IsChunk(Encoding.Latin1.GetString(front[..Math.Min(front.Length, options.MaxCommandLineBytes)])))
                return; // nobody knows how much of what follows is content
            if (code is 221 or 421 || code == 354 && !TakeData(ref rest))
                return;
            if (line is not null && code == 250)
                _chunks.Follow(line);
        }
    }

    // False when the session ends with it.
    private bool TakeChunk(string line, ref ReadOnlySpan<byte> rest)
    {
        if (ChunkModel.Octets(line) is not { } octets)
        {
            PropertyException.Unless(Next("A chunk without a size is answered") / 100 is 4 or 5, "A chunk without a size is refused and ends the session");
            return false;
        }

        if (octets > rest.Length)
            return false;
        var chunk = rest[..(int)octets];
        rest = rest[(int)octets..];
        var code = Next("A chunk is answered");
        if (_chunks.Take(line, chunk, code) is { } content)
            JudgeMessage(content, ChunkModel.HasBareNewlines(content));
        return code != 421;
    }

    private bool TakeData(ref ReadOnlySpan<byte> rest)
    {
        var data = NaiveData.Read(rest);
        if (data.Length < 0)
            return false;
        rest = rest[data.Length..];
        var code = Next("A message is answered");
        PropertyException.Unless(code == 250 == data.Content.Length <= options.MaxMessageBytes, "A message is accepted unless it is too large");
        if (code == 250)
            JudgeMessage(data.Content, data.HasBareNewlines);
        return code != 421;
    }

    private void JudgeMessage(string content, bool hasBareNewlines)
    {
        PropertyException.Unless(_message < messages.Count, "A message that was answered 250 is stored");
        PropertyException.Unless(content.Length <= options.MaxMessageBytes, "A message that is accepted is within its limit");
        var message = messages[_message++];
        var prefix = message.Transaction.LacksHeader ? "\r\n" : "";
        PropertyException.UnlessEqual(prefix + content, Encoding.Latin1.GetString(message.Content), "The content is what was sent");
        PropertyException.Unless(message.Transaction.HasBareNewlines == hasBareNewlines, "Bare newlines are noticed");
        JudgeTrace(Encoding.Latin1.GetString(message.Trace));
    }

    private static void JudgeTrace(string trace)
    {
        var lines = trace.Split("\r\n");
        PropertyException.Unless(lines.Length > 1 && lines[^1].Length == 0 && lines[0].StartsWith("Received: ", StringComparison.Ordinal), "A trace field stands in front");
        PropertyException.Unless(lines[1..^1].All(static line => line.StartsWith('\t') && line.Trim().Length > 0), "A trace field is folded and nothing is injected");
        PropertyException.Unless(lines.All(static line => !line.AsSpan().TrimStart('\t').ContainsAnyInRange('\0', '\x1f') && !line.Contains('\x7f', StringComparison.Ordinal)), "A trace field is printable");
    }

    private int Next(string property)
    {
        PropertyException.Unless(_code < codes.Count, property);
        return codes[_code++];
    }
}
