using System.Text;
using OrleansMail.Fuzz.Inputs;

namespace OrleansMail.Fuzz.Reference;

/// <summary>Walks through what the sinks got beside what the session says of it.</summary>
internal sealed class DeliveryModel(ListenerSetup setup, IReadOnlyList<RecordingDelivery.Completion> completions)
{
    private int _next;

    /// <summary>A message was answered that its sinks were to get.</summary>
    /// <param name="content">What was sent.</param>
    /// <param name="hasBareNewlines">Whether a CR or LF outside a CRLF is in it.</param>
    /// <param name="recipients">How many were accepted.</param>
    /// <param name="protocol">The transmission type that the trace names; null when it is not known.</param>
    /// <param name="codes">The final replies.</param>
    public void Judge(string content, bool hasBareNewlines, int recipients, string? protocol, IReadOnlyList<int> codes)
    {
        var sinks = completions.Skip(_next).TakeWhile(one => ReferenceEquals(one.Message.Transaction, completions[_next].Message.Transaction)).ToList();
        _next += sinks.Count;
        PropertyException.Unless(sinks.Sum(static one => one.Message.Recipients.Count) == recipients, "Each recipient has its sink");
        foreach (var (message, _) in sinks)
        {
            var prefix = message.Transaction.LacksHeader ? "\r\n" : "";
            PropertyException.UnlessEqual(prefix + content, Encoding.Latin1.GetString(message.Content), "The content is what was sent");
            PropertyException.Unless(message.Transaction.HasBareNewlines == hasBareNewlines, "Bare newlines are noticed");
            PropertyException.Unless(setup.Trusted || Equals(message.Transaction.Session.RemoteEndPoint, setup.Peer), "Nobody but a trusted proxy speaks for another");
            JudgeTrace(Encoding.Latin1.GetString(message.Trace), protocol);
        }

        PropertyException.UnlessEqual(string.Join(' ', Expected(sinks)), string.Join(' ', codes), "A positive reply is a message that is stored, and no other is");
    }

    /// <summary>The session is over.</summary>
    public void JudgeEnd() => PropertyException.Unless(_next == completions.Count, "No message without its reply");

    private IEnumerable<int> Expected(List<RecordingDelivery.Completion> sinks) =>
        !setup.Lmtp ? [Code(sinks.TrueForAll(static one => one.IsStored))]
        : sinks[0].Message.Transaction.Recipients.Select(recipient => Code(sinks.Exists(one => one.IsStored && one.Message.Recipients.Contains(recipient))));

    private static int Code(bool isStored) => isStored ? 250 : 452;

    private static void JudgeTrace(string trace, string? protocol)
    {
        var lines = trace.Split("\r\n");
        PropertyException.Unless(lines.Length > 1 && lines[^1].Length == 0 && lines[0].StartsWith("Received: ", StringComparison.Ordinal), "A trace field stands in front");
        PropertyException.Unless(lines[1..^1].All(static line => line.StartsWith('\t') && line.Trim().Length > 0), "A trace field is folded and nothing is injected");
        PropertyException.Unless(lines.All(static line => !line.AsSpan().TrimStart('\t').ContainsAnyInRange('\0', '\x1f') && !line.Contains('\x7f', StringComparison.Ordinal)), "A trace field is printable");
        var by = lines.First(static line => line.StartsWith("\tby ", StringComparison.Ordinal));
        PropertyException.Unless(protocol is null || by.Contains($" with {protocol} ", StringComparison.Ordinal) || by.Contains($" with UTF8{protocol.TrimStart('E')} ", StringComparison.Ordinal),
            $"A trace field says {protocol}: {by}");
    }
}
