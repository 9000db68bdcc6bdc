using System.Buffers;
using OrleansMail.Contracts.Tenants;

namespace OrleansMail.Server.Gateway.Payloads;

/// <summary>Pooled memory that grows by doubling within a tenant's share of the payload budget.</summary>
internal sealed class PooledBuffer(PayloadBudget budget, TenantId tenant)
{
    private const int Smallest = 4096;
    private byte[] rented = [];
    private int taken;

    /// <summary>Octets written.</summary>
    public int Length { get; private set; }

    /// <summary>What was written; valid until <see cref="Release"/>.</summary>
    public ReadOnlyMemory<byte> Written => rented.AsMemory(0, Length);

    /// <summary>Appends a copy.</summary>
    /// <exception cref="PayloadBusyException">The tenant's share is exhausted.</exception>
    public ValueTask AppendAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        if (Length + data.Length > rented.Length)
            return GrowAndAppendAsync(data, cancellationToken);
        Copy(data.Span);
        return ValueTask.CompletedTask;
    }

    /// <summary>Gives budget and memory back.</summary>
    /// <param name="reusable">False when something may still refer to the memory: then it is left to the garbage collector.</param>
    public void Release(bool reusable)
    {
        if (reusable && rented.Length > 0)
            ArrayPool<byte>.Shared.Return(rented);
        if (taken > 0)
            budget.Return(tenant, taken);
        rented = [];
        taken = 0;
        Length = 0;
    }

    private async ValueTask GrowAndAppendAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        var wanted = Math.Max(Smallest, (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)(Length + data.Length)));
        if (!await budget.TakeAsync(tenant, wanted - taken, cancellationToken))
            throw new PayloadBusyException();
        taken = wanted;
        var larger = ArrayPool<byte>.Shared.Rent(wanted);
        rented.AsSpan(0, Length).CopyTo(larger);
        if (rented.Length > 0)
            ArrayPool<byte>.Shared.Return(rented);
        rented = larger;
        Copy(data.Span);
    }

    private void Copy(ReadOnlySpan<byte> data)
    {
        data.CopyTo(rented.AsSpan(Length));
        Length += data.Length;
    }
}
