using OrleansMail.Benchmarks.Append;
using OrleansMail.Contracts.Messages;
using OrleansMail.Contracts.Storage;

namespace OrleansMail.Benchmarks.Cost;

/// <summary>A tenant with one domain and ten mailboxes, whose mail does not compress.</summary>
/// <param name="perSecond">Messages per second, in the mean.</param>
/// <param name="size">Octets of each.</param>
/// <param name="weight">How many messages of the mean size each stands for.</param>
/// <param name="isMeasured">Whether it is one of those whose cost is wanted; the others are there to fill logs.</param>
internal sealed class SimulatedTenant(double perSecond, int size, int weight = 1, bool isMeasured = true)
{
    private long messages;
    private readonly Submissions submissions = new(0, mailboxes: 10);
    private readonly byte[] raw = Random(size);

    /// <summary>Messages per second, in the mean.</summary>
    public double PerSecond => perSecond;

    /// <summary>Whether its cost is wanted.</summary>
    public bool IsMeasured => isMeasured;

    /// <summary>Its domain.</summary>
    public DomainKey Domain => submissions.Domain;

    /// <summary>Its mailboxes.</summary>
    public IReadOnlyList<RecordedMailbox> Mailboxes => submissions.Mailboxes;

    /// <summary>As paths name it.</summary>
    public string Name { get => field ??= Domain.Tenant.ToString(); }

    /// <summary>Its messages that were recorded.</summary>
    public long Messages => Volatile.Read(ref messages);

    /// <summary>The next message.</summary>
    public MessageSubmission Next(DateTimeOffset now)
    {
        var next = submissions.Next();
        return next with { ReceivedAt = now, Payload = next.Payload with { Size = raw.Length, Inline = raw } };
    }

    /// <summary>One was recorded.</summary>
    public void Recorded() => Interlocked.Add(ref messages, weight);

    private static byte[] Random(int size)
    {
        var octets = new byte[size];
        System.Random.Shared.NextBytes(octets);
        return octets;
    }
}
