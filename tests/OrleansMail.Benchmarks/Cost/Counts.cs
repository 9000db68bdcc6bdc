namespace OrleansMail.Benchmarks.Cost;

/// <summary>What was done while messages came.</summary>
/// <param name="Charges">By owner and purpose.</param>
/// <param name="Messages">By tenant.</param>
internal sealed record Counts(IReadOnlyDictionary<(string Owner, Purpose Purpose), Charges> Charges, IReadOnlyDictionary<string, long> Messages)
{
    /// <summary>What was added.</summary>
    public static Dictionary<(string Owner, Purpose Purpose), Charges> Between(
        IReadOnlyDictionary<(string Owner, Purpose Purpose), Charges> before, IReadOnlyDictionary<(string Owner, Purpose Purpose), Charges> after) =>
        after.ToDictionary(static c => c.Key, c => c.Value - before.GetValueOrDefault(c.Key));

    /// <summary>For a message of some tenants: what was done for these alone, and their share of what was done for all. Without the appends.</summary>
    public Dictionary<Purpose, Charges> PerMessage(IReadOnlyCollection<SimulatedTenant> tenants)
    {
        var names = tenants.Select(static t => t.Name).ToHashSet();
        var (own, all) = (Messages.Where(m => names.Contains(m.Key)).Sum(static m => m.Value), Messages.Values.Sum());
        var perMessage = new Dictionary<Purpose, Charges>();
        foreach (var ((owner, purpose), charges) in Charges)
        {
            if (purpose != Purpose.Append && (owner == Tally.Shared || names.Contains(owner)))
                perMessage[purpose] = perMessage.GetValueOrDefault(purpose) + (charges / (owner == Tally.Shared ? all : own));
        }

        return perMessage;
    }
}
