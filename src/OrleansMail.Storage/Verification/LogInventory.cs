using OrleansMail.Contracts;
using OrleansMail.Contracts.Storage;
using OrleansMail.Storage.Logs;

namespace OrleansMail.Storage.Verification;

/// <summary>A message that a log has in a mailbox.</summary>
/// <param name="Number">The log record's.</param>
/// <param name="Sequence">What the mailbox calls it.</param>
internal readonly record struct LoggedMessage(long Number, long Sequence);

/// <summary>A large payload that a record refers to.</summary>
/// <param name="Number">The log record's number.</param>
/// <param name="Record">The record's id.</param>
/// <param name="Path">Where it is.</param>
/// <param name="Length">Octets of raw.</param>
/// <param name="Sha256">Of raw; null when it is sealed.</param>
internal sealed record ReferredObject(long Number, Ulid Record, string Path, long Length, ReadOnlyMemory<byte>? Sha256);

/// <summary>What logs have of one domain.</summary>
internal sealed class LoggedDomain(DomainKey key)
{
    /// <summary>The domain.</summary>
    public DomainKey Key => key;

    /// <summary>The messages of each mailbox, in the order of the logs.</summary>
    public Dictionary<Incarnation, List<LoggedMessage>> Mailboxes { get; } = [];

    /// <summary>Large payloads.</summary>
    public List<ReferredObject> Objects { get; } = [];
}

/// <summary>
/// What logs have that may be in no pack yet: 16 octets for each message in a mailbox. The server's own index of the same logs is larger.
/// </summary>
internal sealed class LogInventory
{
    private readonly Dictionary<(Incarnation Tenant, Incarnation Domain), LoggedDomain> domains = [];

    /// <summary>All domains.</summary>
    public IReadOnlyCollection<LoggedDomain> Domains => domains.Values;

    /// <summary>What logs have of a domain; null when they have nothing.</summary>
    public LoggedDomain? Find(Incarnation tenant, Incarnation domain) => domains.GetValueOrDefault((tenant, domain));

    /// <summary>A message was found.</summary>
    public LoggedDomain Add(long number, in MessageSummary message)
    {
        var key = (message.Domain.Tenant, message.Domain.Domain);
        if (!domains.TryGetValue(key, out var domain))
            domains[key] = domain = new LoggedDomain(message.Domain);
        foreach (var mailbox in message.Mailboxes)
        {
            if (!domain.Mailboxes.TryGetValue(mailbox.Incarnation, out var messages))
                domain.Mailboxes[mailbox.Incarnation] = messages = [];
            messages.Add(new LoggedMessage(number, mailbox.Sequence));
        }

        return domain;
    }

    /// <summary>Takes another partition's in: no domain is in two.</summary>
    public void Add(LogInventory other)
    {
        foreach (var (key, domain) in other.domains)
            domains[key] = domain;
    }
}
