using System.IO.Pipelines;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using OrleansMail.Fuzz.Inputs;
using OrleansMail.Fuzz.Reference;
using OrleansMail.Smtp;
using OrleansMail.Testing.Smtp;

namespace OrleansMail.Fuzz.Targets;

/// <summary>
/// A whole session: each line is answered once and nothing else is, the stored content is what was sent, and both are the same
/// however the octets arrive.
/// </summary>
/// <param name="name">The target's name.</param>
/// <param name="before">What the client says before the input, so that it meets a session in a state that is found by chance seldom.</param>
internal sealed class SessionTarget(string name, string before = "") : IFuzzTarget
{
    private const int MaxLine = 512;
    private const int MostUnread = 1001; // the first line of a message, with a stuffed dot

    private static readonly SmtpServerOptions Options = new()
    {
        HostName = "mx.example.test",
        MaxMessageBytes = 900,
        MaxRecipients = 3,
        MaxErrors = 10,
        MaxUnknownRecipients = 4,
        MaxCommandLineBytes = MaxLine,
    };

    // The clock stands still, so that the same octets always take the same way.
    private static readonly FakeTimeProvider Time = new();

    public string Name => name;

    public void Run(byte[] input)
    {
        input = [.. Encoding.ASCII.GetBytes(before), .. input];
        var whole = Play(SplitReader.Whole(input, MostUnread), out var wire, out var messages);
        new SessionModel(Options, WireReplies.Split(wire), messages).Judge(input);
        var pieces = Play(SplitReader.Cut(input, MostUnread, 80), out _, out _);
        PropertyException.UnlessEqual(whole, pieces, "Replies and content are the same in pieces");
    }

    private static string Play(SplitReader input, out string wire, out IReadOnlyList<MemoryMessage> messages)
    {
        var delivery = new MemoryDelivery();
        var output = new MemoryStream();
        var server = new SmtpServer(Options, delivery, Time);
        server.RunAsync(new Transport(input, PipeWriter.Create(output, new StreamPipeWriterOptions(leaveOpen: true)))).GetAwaiter().GetResult();
        server.DisposeAsync().AsTask().GetAwaiter().GetResult();
        PropertyException.Unless(delivery.OpenSinks == 0, "Every sink is completed or aborted");
        PropertyException.Unless(server is { Sessions: 0, Transactions: 0 }, "Nothing stays open");
        messages = delivery.Messages;
        PropertyException.Unless(delivery.Seen <= messages.Count, "No more replies are seen than messages accepted");
        wire = Encoding.Latin1.GetString(output.ToArray());
        WireReplies.Judge(wire);
        return wire + string.Concat(messages.Select(Shown));
    }

    private static string Shown(MemoryMessage message) =>
        $"{message.Transaction.ReversePath} {string.Join(' ', message.Recipients.Select(one => one.Path.Text))} "
        + $"{message.Transaction.HasBareNewlines} {Encoding.Latin1.GetString(message.Trace)} {Encoding.Latin1.GetString(message.Content)}";

    private sealed record Transport(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
