using OrleansMail.Contracts.Messages;

namespace OrleansMail.Server.Gateway.Recording;

/// <summary>Which of a message's domains its recipients lead to: an alias may lead to several.</summary>
internal sealed class RecipientDomains
{
    private readonly Dictionary<string, SortedSet<int>> domains = new(StringComparer.Ordinal);

    /// <summary>Looks at all deliveries once: a message may have a thousand recipients.</summary>
    public RecipientDomains(IReadOnlyList<DomainDelivery> deliveries)
    {
        for (var i = 0; i < deliveries.Count; i++)
        {
            foreach (var recipient in deliveries[i].Mailboxes.SelectMany(m => m.Recipients))
                Add(recipient, i);
        }
    }

    /// <summary>The indices of the deliveries that a recipient leads to, at least one, in order.</summary>
    /// <param name="received">The recipient as the client wrote it.</param>
    public int[] Of(string received) => [.. domains[received]];

    private void Add(EnvelopeRecipient recipient, int delivery)
    {
        if (!domains.TryGetValue(recipient.Received, out var own))
            domains[recipient.Received] = own = [];
        own.Add(delivery);
    }
}
