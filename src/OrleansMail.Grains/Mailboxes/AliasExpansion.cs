using OrleansMail.Contracts;
using OrleansMail.Contracts.Mailboxes;

namespace OrleansMail.Grains.Mailboxes;

/// <summary>
/// Follows an alias to its mailboxes, breadth first, each address and each mailbox once. Bounded whatever the aliases look like: in
/// mailboxes, in addresses looked up and in aliases in a row.
/// </summary>
/// <param name="lookUp">Answers for one address, aliases not followed.</param>
internal sealed class AliasExpansion(Func<MailAddress, ValueTask<Resolution>> lookUp)
{
    /// <summary>Most mailboxes that one recipient may lead to.</summary>
    public const int MaxMailboxes = 1000;

    private const int MaxAddresses = 4 * MaxMailboxes;
    private const int MaxInARow = 8;
    private readonly Dictionary<Incarnation, ResolvedMailbox> found = [];
    private readonly HashSet<MailAddress> seen = [];
    private ResolutionOutcome? obstacle;
    private bool returned;

    /// <summary>Whether one of the aliases on the way has these very targets: for finding out whether it would lead to itself.</summary>
    public IReadOnlyList<string>? Watched { get; init; }

    /// <summary>Whether <see cref="Watched"/> was come by.</summary>
    public bool CameBy { get; private set; }

    /// <summary>Follows an alias.</summary>
    /// <param name="alias">What was found for the recipient.</param>
    public async ValueTask<Resolution> RunAsync(Resolution alias)
    {
        IReadOnlyList<string> round = alias.Onward ?? [];
        for (var row = 1; round.Count > 0; row++)
        {
            if (row > MaxInARow)
                return Resolution.Refused(ResolutionOutcome.AliasLoop);
            var next = new List<string>();
            foreach (var answer in await Task.WhenAll(Unseen(round).Select(a => lookUp(a).AsTask())))
                Take(answer, next);
            if (found.Count > MaxMailboxes || seen.Count > MaxAddresses || next.Count > MaxAddresses)
                return Resolution.Refused(ResolutionOutcome.TooManyMailboxes);
            round = next;
        }

        // A target that is deferred defers the whole: none of the mailboxes may miss the message. A target that is gone does not.
        if (obstacle is { } outcome)
            return Resolution.Refused(outcome);
        if (found.Count == 0)
            return Resolution.Refused(returned ? ResolutionOutcome.AliasLoop : ResolutionOutcome.MailboxUnknown);
        return alias with { Targets = [.. found.Values], Onward = null };
    }

    private List<MailAddress> Unseen(IReadOnlyList<string> targets)
    {
        var fresh = new List<MailAddress>();
        foreach (var target in targets)
        {
            if (!MailAddress.TryParse(target, out var address))
                continue;
            if (seen.Add(address))
                fresh.Add(address);
            else
                returned = true;
        }

        return fresh;
    }

    private void Take(Resolution answer, List<string> next)
    {
        foreach (var mailbox in answer.Targets)
            found.TryAdd(mailbox.Incarnation, mailbox);
        if (answer.Onward is { } onward)
        {
            CameBy |= ReferenceEquals(onward, Watched);
            next.AddRange(onward);
        }

        if (answer.Outcome is not (ResolutionOutcome.Accepted or ResolutionOutcome.RehearsedDelay
            or ResolutionOutcome.MailboxUnknown or ResolutionOutcome.DomainUnknown))
            obstacle ??= answer.Outcome;
    }
}
