using System.Security.Cryptography;
using System.Text;
using OrleansMail.Contracts;
using OrleansMail.Contracts.Messages;
using OrleansMail.Contracts.Storage;
using OrleansMail.Storage.Partitions;

namespace OrleansMail.CrashHost;

/// <summary>What the process that is killed and the test that looks at the folder afterwards agree on.</summary>
internal static class CrashOptions
{
    /// <summary>The one mailbox of each domain.</summary>
    public static Incarnation Mailbox { get; } = Fixed(1);

    /// <summary>Two domains with much mail, and some that share the rest.</summary>
    public static IReadOnlyList<DomainKey> Domains { get; } = [.. new[] { 10, 11, 10, 11, 10, 12, 13, 14 }.Select(n => new DomainKey(Fixed(2), Fixed((byte)n), n))];

    /// <summary>Small logs and packs, files that go at once.</summary>
    public static PartitionOptions Create() => new()
    {
        MaxLogAppends = 40, FewDomains = 1, FlushBytes = 4000, MaxCarriedFiles = 2, MaxPackBytes = 20_000, Grace = TimeSpan.Zero, UpkeepInterval = TimeSpan.FromMilliseconds(50),
    };

    /// <summary>A message to the mailbox, of at least that many octets.</summary>
    public static MessageSubmission Message(int number, int octets = 0)
    {
        var raw = Encoding.UTF8.GetBytes($"Received: from test\r\nmessage {number} {new string('x', octets)}\r\n");
        var hash = SHA256.HashData(raw);
        var payload = new Payload(raw.Length, 21, hash, hash, hash, raw, null);
        var mailbox = new RecordedMailbox(Mailbox, "user", [new EnvelopeRecipient("user@demo.test", "user@demo.test", null)]);
        return new MessageSubmission(Ulid.NewUlid(), DateTimeOffset.UtcNow, "", [mailbox], new SessionFacts("client.test", null, "ESMTP", null), [], MessageFlags.None, payload, []);
    }

    private static Incarnation Fixed(byte number) => new(new Ulid([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, number]));
}
