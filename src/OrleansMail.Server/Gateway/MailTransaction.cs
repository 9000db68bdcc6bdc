using OrleansMail.Contracts;
using OrleansMail.Contracts.Mailboxes;
using OrleansMail.Contracts.Messages;
using OrleansMail.Contracts.Tenants;
using OrleansMail.Server.Gateway.Payloads;
using OrleansMail.Server.Gateway.Recording;
using OrleansMail.Smtp;

namespace OrleansMail.Server.Gateway;

/// <summary>One transaction: the tenant it is for and where its recipients lead. All of them share one sink.</summary>
internal sealed class MailTransaction(PayloadSinkOpener sinks, UnseenRecords unseen) : IMessageSinkFactory
{
    private const int MaxMailboxes = 1000;
    private readonly Dictionary<SmtpPath, Resolution> resolutions = new(ReferenceEqualityComparer.Instance); // a recipient given twice is two paths
    private readonly HashSet<Incarnation> mailboxes = [];
    private Ulid id;

    /// <summary>The tenant of the first recipient; null before it. Recipients of another need a transaction of their own.</summary>
    public TenantId? Tenant { get; private set; }

    /// <summary>What recipients whose mail is in the shared store are answered; null while it takes mail.</summary>
    public SmtpReply? SharedStoreRefusal { get; set; }

    /// <summary>Takes a recipient in; false when it would make more mailboxes than one message may have.</summary>
    public bool TryAdd(TenantId tenant, SmtpPath recipient, Resolution resolution)
    {
        if (mailboxes.Count + resolution.Targets.Count > MaxMailboxes && mailboxes.Count + CountFurther(resolution) > MaxMailboxes)
            return false;
        Tenant = tenant;
        resolutions[recipient] = resolution;
        foreach (var target in resolution.Targets)
            mailboxes.Add(target.Incarnation);
        return true;
    }

    /// <summary>The id that the first domain's record will have; chosen at DATA.</summary>
    public MessageId ChooseId(IReadOnlyList<SmtpRecipient> recipients, TimeProvider time)
    {
        id = Ulid.NewUlid(time.GetUtcNow());
        return new MessageId(id, Resolve(recipients[0]).Targets[0].Key.Number, 0);
    }

    /// <inheritdoc/>
    public ValueTask<IMessageSink> OpenAsync(SmtpTransaction transaction, IReadOnlyList<SmtpRecipient> recipients, ReadOnlyMemory<byte> traceHeader, CancellationToken cancellationToken)
    {
        if (id == default)
            ChooseId(recipients, sinks.Time);
        var deliveries = recipients.Count == 1 && Resolve(recipients[0]) is { Targets.Count: 1 } only
            ? [DomainDelivery.Single(recipients[0].Path, only, id)]
            : DomainDelivery.Group(recipients.Select(r => (r.Path, Resolve(r))), id, sinks.Time);
        return new(sinks.Open(transaction, Tenant!.Value, recipients, deliveries, unseen, traceHeader));
    }

    private int CountFurther(Resolution resolution) => resolution.Targets.Count(t => !mailboxes.Contains(t.Incarnation));

    private Resolution Resolve(SmtpRecipient recipient) => resolutions[recipient.Path];
}
