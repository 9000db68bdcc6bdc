using OrleansMail.Contracts;
using OrleansMail.Contracts.Domains;
using OrleansMail.Contracts.Mailboxes;
using OrleansMail.Contracts.Tenants;

namespace OrleansMail.Server.Hosting.Demo;

/// <summary>The tenant that Development starts with, made where absent and otherwise left as it is.</summary>
internal sealed class DemoTenant(IGrainFactory grains) : IHostedService
{
    public const string Id = "demo";
    public const string Domain = "demo.test";
    public const string Mailbox = "inbox";
    private const int RetentionDays = 7;
    private const long StorageBytes = 1_000_000_000;

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var id = TenantId.Parse(Id);
        var name = DomainName.Parse(Domain);
        var mailbox = LocalPart.Parse(Mailbox);
        var tenant = grains.GetTenant(id);
        if (await tenant.GetAsync(cancellationToken) is null)
            await tenant.PutAsync(new TenantSettings("Demo", Suspended: false, new TenantLimits(StorageBytes: StorageBytes), new TenantPolicy(RetentionDays)), null, cancellationToken);
        if (await tenant.GetDomainAsync(name, cancellationToken) is null)
            await tenant.PutDomainAsync(name, new DomainSettings(CatchAll: Mailbox, Rehearsals: true), null, cancellationToken);
        var mailboxes = grains.GetMailboxes(id, name);
        if (await mailboxes.GetMailboxAsync(mailbox, cancellationToken) is null)
            await mailboxes.PutMailboxAsync(mailbox, new MailboxSettings(), null, cancellationToken);
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
