using Microsoft.Extensions.Options;
using OrleansMail.Contracts.Storage;
using OrleansMail.Contracts.Tenants;

namespace OrleansMail.Grains.Maintenance;

/// <inheritdoc cref="IJanitorGrain"/>
[KeepAlive]
internal sealed class JanitorGrain(TenantWalk walk, IOptions<MailGrainOptions> options) : Grain, IJanitorGrain
{
    /// <inheritdoc/>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var every = options.Value.MaintainEvery;
        this.RegisterGrainTimer(token => walk.RunAsync(token), new GrainTimerCreationOptions(every, every));
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask StartAsync() => ValueTask.CompletedTask;

    /// <inheritdoc/>
    public async ValueTask<MaintenanceReport> WalkAsync(CancellationToken cancellationToken) => await walk.RunAsync(cancellationToken);
}
