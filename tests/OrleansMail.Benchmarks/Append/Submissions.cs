using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using OrleansMail.Contracts;
using OrleansMail.Contracts.Messages;
using OrleansMail.Contracts.Storage;

namespace OrleansMail.Benchmarks.Append;

/// <summary>Makes submissions as a gateway does, all different, without the cost of a gateway.</summary>
/// <param name="size">Octets of the inline payload, shared by all.</param>
/// <param name="mailboxes">Over how many mailboxes they are spread.</param>
internal sealed class Submissions(int size, int mailboxes)
{
    private readonly byte[] _raw = Encoding.ASCII.GetBytes(new string('a', size));
    private readonly RecordedMailbox[] _mailboxes = [.. Enumerable.Range(0, mailboxes).Select(Mailbox)];
    private readonly SessionFacts _session = new("loadgen.test", "127.0.0.1", "ESMTP", null);
    private readonly byte[] _sha256 = SHA256.HashData("content"u8);
    private long _number;

    /// <summary>The domain that all go to.</summary>
    public DomainKey Domain { get; } = new(Incarnation.Create(TimeProvider.System), Incarnation.Create(TimeProvider.System), 1);

    /// <summary>The mailboxes, in the order in which they get the submissions.</summary>
    public IReadOnlyList<RecordedMailbox> Mailboxes => _mailboxes;

    /// <summary>The next ones.</summary>
    public MessageSubmission[] Take(int count) => [.. Enumerable.Range(0, count).Select(_ => Next())];

    /// <summary>The next one; from any thread.</summary>
    public MessageSubmission Next()
    {
        var number = Interlocked.Increment(ref _number) - 1;
        var repeat = new byte[32];
        BinaryPrimitives.WriteInt64LittleEndian(repeat, number);
        var id = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $" <{number:d10}@loadgen.test>"));
        HeaderField[] headers =
        [
            new(HeaderName.Subject, " load"u8.ToArray()),
            new(HeaderName.From, " <sender@loadgen.test>"u8.ToArray()),
            new(HeaderName.MessageId, id),
        ];
        var payload = new Payload(_raw.Length, 0, _sha256, _sha256, repeat, _raw, null);
        var mailbox = _mailboxes[number % _mailboxes.Length];
        return new(Ulid.NewUlid(), TimeProvider.System.GetUtcNow(), "sender@loadgen.test", [mailbox], _session, headers, MessageFlags.None, payload, []);
    }

    private static RecordedMailbox Mailbox(int number)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"ok{number}");
        var address = name + "@example.test";
        return new(Incarnation.Create(TimeProvider.System), name, [new EnvelopeRecipient(address, address, null)]);
    }
}
