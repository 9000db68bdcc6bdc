using System.IO.Pipelines;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using OrleansMail.Fuzz.Reference;
using OrleansMail.Smtp;
using OrleansMail.Testing.Smtp;

namespace OrleansMail.Fuzz.Inputs;

/// <summary>One session of the engine from its first octet to its end.</summary>
/// <param name="Options">The server's settings.</param>
/// <param name="Wire">The replies.</param>
/// <param name="Delivery">What became of its messages.</param>
internal sealed record SessionPlay(SmtpServerOptions Options, string Wire, RecordingDelivery Delivery)
{
    private const string StartTls = "220 2.0.0 Ready to start TLS\r\n";

    // The clock stands still, so that the same octets always take the same way.
    private static readonly FakeTimeProvider Time = new();

    /// <summary>Plays the session; what is true of any is judged.</summary>
    public static SessionPlay Run(ListenerSetup setup, SplitReader input)
    {
        var options = setup.CreateOptions();
        var delivery = new RecordingDelivery(setup.Encrypted);
        var output = new MemoryStream();
        var server = new SmtpServer(options, delivery, Time);
        server.RunAsync(new DuplexPipe(input, PipeWriter.Create(output, new StreamPipeWriterOptions(leaveOpen: true))), setup.Peer, null, setup.CreateListener()).GetAwaiter().GetResult();
        server.DisposeAsync().AsTask().GetAwaiter().GetResult();
        var memory = delivery.Memory;
        PropertyException.Unless(memory.OpenSinks == 0, "Every sink is completed or aborted");
        PropertyException.Unless(server is { Sessions: 0, Transactions: 0 }, "Nothing stays open");
        PropertyException.Unless(memory.Seen <= memory.Messages.Count, "No more replies are seen than messages accepted");
        return new(options, Replies(output.ToArray()), delivery);
    }

    /// <summary>All that a client or a mailbox sees, but for what TLS makes of it.</summary>
    public override string ToString() => Wire + string.Concat(Delivery.Memory.Messages.Select(Shown));

    // Behind the reply to STARTTLS there is nothing but TLS.
    private static string Replies(byte[] octets)
    {
        var wire = Encoding.Latin1.GetString(octets);
        var end = wire.IndexOf(StartTls, StringComparison.Ordinal);
        if (end >= 0)
        {
            NaiveRecords.Judge(octets.AsSpan(end + StartTls.Length));
            wire = wire[..(end + StartTls.Length)];
        }

        WireReplies.Judge(wire);
        return wire;
    }

    private static string Shown(MemoryMessage message) =>
        $"{message.Transaction.ReversePath} {string.Join(' ', message.Recipients.Select(one => one.Path.Text))} "
        + $"{message.Transaction.HasBareNewlines} {Encoding.Latin1.GetString(message.Trace)} {Encoding.Latin1.GetString(message.Content)}";
}
