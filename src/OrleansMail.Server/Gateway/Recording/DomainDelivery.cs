using OrleansMail.Contracts;
using OrleansMail.Contracts.Domains;
using OrleansMail.Contracts.Mailboxes;
using OrleansMail.Contracts.Messages;
using OrleansMail.Contracts.Storage;
using OrleansMail.Smtp;

namespace OrleansMail.Server.Gateway.Recording;

/// <summary>The part of a message that goes to one domain: its mailboxes share one record.</summary>
/// <param name="Domain">The domain.</param>
/// <param name="Key">Its incarnation and number.</param>
/// <param name="Id">The record's id, the same in each try.</param>
/// <param name="Mailboxes">Each mailbox once, with the recipients that led to it.</param>
internal sealed record DomainDelivery(DomainName Domain, DomainKey Key, Ulid Id, IReadOnlyList<RecordedMailbox> Mailboxes)
{
    /// <summary>Where the tenant's mail is kept.</summary>
    public MailPlace Place { get; init; }

    /// <summary>The object of a payload that is too large for its record.</summary>
    public PayloadObject Object => new(Place, Key.Tenant, Key.Domain, Id);

    /// <summary>The delivery of a transaction with one recipient that leads to one mailbox: most mail.</summary>
    public static DomainDelivery Single(SmtpPath path, Resolution resolution, Ulid id)
    {
        var target = resolution.Targets[0];
        return new(target.Domain, target.Key, id, [new RecordedMailbox(target.Incarnation, target.LocalPart, [Recipient(target, path, resolution)])]) { Place = target.Place };
    }

    /// <summary>Sorts the recipients of a transaction by domain and mailbox, in the order they came.</summary>
    /// <param name="recipients">The recipients and where they lead.</param>
    /// <param name="firstId">The id of the first domain's record.</param>
    /// <param name="time">The clock, for the others' ids.</param>
    public static IReadOnlyList<DomainDelivery> Group(IEnumerable<(SmtpPath Path, Resolution Resolution)> recipients, Ulid firstId, TimeProvider time)
    {
        var domains = new List<(ResolvedMailbox First, Dictionary<Incarnation, RecordedMailbox> Mailboxes)>(1);
        foreach (var (path, resolution) in recipients)
        {
            foreach (var target in resolution.Targets)
                Add(domains, target, Recipient(target, path, resolution));
        }

        return [.. domains.Select((d, i) => new DomainDelivery(
            d.First.Domain, d.First.Key, i == 0 ? firstId : Ulid.NewUlid(time.GetUtcNow()), [.. d.Mailboxes.Values]) { Place = d.First.Place })];
    }

    private static EnvelopeRecipient Recipient(ResolvedMailbox target, SmtpPath path, Resolution resolution) => new(Address(target), path.Text, resolution.Tag);

    private static string Address(ResolvedMailbox mailbox) =>
        LocalPart.TryFromValue(mailbox.LocalPart, out var localPart) ? localPart.At(mailbox.Domain) : throw new FormatException("A provisioned mailbox has no valid local part.");

    private static void Add(List<(ResolvedMailbox First, Dictionary<Incarnation, RecordedMailbox> Mailboxes)> domains, ResolvedMailbox target, EnvelopeRecipient recipient)
    {
        var index = domains.FindIndex(d => d.First.Key == target.Key);
        if (index < 0)
        {
            index = domains.Count;
            domains.Add((target, []));
        }

        var mailboxes = domains[index].Mailboxes;
        mailboxes[target.Incarnation] = mailboxes.TryGetValue(target.Incarnation, out var known)
            ? known with { Recipients = [.. known.Recipients.Where(r => r.Received != recipient.Received), recipient] }
            : new RecordedMailbox(target.Incarnation, target.LocalPart, [recipient]);
    }
}
