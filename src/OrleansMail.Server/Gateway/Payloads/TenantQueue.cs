using OrleansMail.Contracts.Tenants;

namespace OrleansMail.Server.Gateway.Payloads;

/// <summary>Those of one tenant who wait for octets of the payload budget, in order of asking; never empty while it is in <see cref="WaitingTenants"/>.</summary>
internal sealed class TenantQueue(TenantId tenant, long number)
{
    /// <summary>Whose it is.</summary>
    public TenantId Tenant { get; } = tenant;

    /// <summary>Octets that the tenant holds.</summary>
    public long Held { get; set; }

    /// <summary>Grows from queue to queue: of two tenants that hold the same the one that waits longer comes first.</summary>
    public long Number { get; } = number;

    /// <summary>Who waits.</summary>
    public LinkedList<PayloadWaiter> Waiters { get; } = [];
}

/// <summary>One who waits for octets.</summary>
internal sealed class PayloadWaiter(long octets)
{
    /// <summary>How many.</summary>
    public long Octets { get; } = octets;

    /// <summary>Ends when they are taken for it.</summary>
    public TaskCompletionSource Taken { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
