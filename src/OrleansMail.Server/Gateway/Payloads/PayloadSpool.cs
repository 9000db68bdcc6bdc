using OrleansMail.Contracts.Messages;
using OrleansMail.Contracts.Storage;
using OrleansMail.Contracts.Tenants;
using OrleansMail.Server.Gateway.Recording;

namespace OrleansMail.Server.Gateway.Payloads;

/// <summary>Where raw goes while it comes in: memory up to <see cref="Payload.MaxInline"/>, an object of the first domain beyond.</summary>
internal sealed class PayloadSpool(IPayloadStore store, PayloadBudget budget, TenantId tenant, DomainDelivery first) : IAsyncDisposable
{
    private readonly PooledBuffer buffer = new(budget, tenant);
    private IPayloadWriter? writer;
    private bool committed;

    /// <summary>Octets written.</summary>
    public long Length { get; private set; }

    /// <summary>Raw, when it stayed in memory; empty otherwise.</summary>
    public ReadOnlyMemory<byte> Inline => buffer.Written;

    /// <summary>The object's path, once committed; null when raw stayed in memory.</summary>
    public string? ObjectPath => committed ? writer!.Path : null;

    /// <summary>Appends; the data may be reused when the task has completed.</summary>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        if (writer is null && Length + data.Length <= Payload.MaxInline)
        {
            await buffer.AppendAsync(data, cancellationToken);
        }
        else
        {
            if (writer is null)
                await SpillAsync(cancellationToken);
            await writer!.WriteAsync(data, cancellationToken);
        }

        Length += data.Length;
    }

    /// <summary>Makes the object durable, if there is one.</summary>
    public async ValueTask CommitAsync()
    {
        if (writer is null)
            return;
        await writer.CommitAsync(CancellationToken.None);
        committed = true;
    }

    /// <summary>Gives the memory back.</summary>
    /// <param name="reusable">False when a record call may still refer to it.</param>
    public void Release(bool reusable) => buffer.Release(reusable);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => writer?.DisposeAsync() ?? ValueTask.CompletedTask;

    private async ValueTask SpillAsync(CancellationToken cancellationToken)
    {
        writer = await store.CreateAsync(first.Object, cancellationToken);
        await writer.WriteAsync(buffer.Written, cancellationToken);
        buffer.Release(reusable: true);
    }
}
