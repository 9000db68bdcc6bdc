using Microsoft.Extensions.DependencyInjection;
using OrleansMail.Contracts.Domains;
using OrleansMail.Contracts.Mailboxes;
using OrleansMail.Contracts.Messages;
using OrleansMail.Contracts.Tenants;
using OrleansMail.Grains.Tests.Fakes;

namespace OrleansMail.Grains.Tests.Mailboxes;

/// <summary>Mail for a domain whose grain is on the same silo is recorded beside it, and only where the grain would record it.</summary>
public sealed class LocalMailboxesTests : IAsyncLifetime
{
    private static readonly TenantId Tenant = TenantId.Parse("t");
    private static readonly DomainName Domain = DomainName.Parse("a.test");
    private MailCluster cluster = null!;
    private IMailboxesGrain grain = null!;
    private ResolvedMailbox bob = null!;
    private ILocalMailboxes local = null!;

    public async ValueTask InitializeAsync()
    {
        cluster = await MailCluster.StartAsync();
        local = cluster.Silo.GetRequiredService<ILocalMailboxes>();
        grain = await cluster.DomainAsync("t", "a.test", null, "bob", "carol");
        bob = (await grain.ResolveAsync("bob")).Targets[0];
    }

    public async ValueTask DisposeAsync() => await cluster.DisposeAsync();

    [Fact]
    public async Task A_message_for_a_domain_of_this_silo_is_recorded_and_listed()
    {
        var receipt = await TryRecord()!;

        Assert.Equal(RecordOutcome.Recorded, receipt.Outcome);
        Assert.Equal(receipt.Id, Assert.Single(await grain.ListAllAsync("bob")).Id);
    }

    [Fact]
    public void A_domain_that_no_grain_of_this_silo_serves_is_left_to_the_grain() =>
        Assert.Null(local.TryRecordAsync(Tenant, DomainName.Parse("b.test"), MailCluster.Submission(bob), default));

    [Fact]
    public async Task A_mailbox_that_was_deleted_is_left_to_the_grain()
    {
        await grain.DeleteMailboxAsync(LocalPart.Parse("bob"), null, default);

        Assert.Null(TryRecord());
        Assert.Equal(RecordOutcome.Gone, (await grain.RecordAsync(MailCluster.Submission(bob), default)).Outcome);
    }

    [Fact]
    public async Task A_suspended_tenant_is_left_to_the_grain()
    {
        await cluster.Tenant("t").PutAsync(new(null, true, new()), null, default);

        Assert.Null(TryRecord());
    }

    [Fact]
    public async Task A_grain_that_was_deactivated_is_not_gone_by()
    {
        await cluster.Grains.GetGrain<Orleans.Runtime.IManagementGrain>(0).ForceActivationCollection(TimeSpan.Zero);

        Assert.Null(TryRecord());
    }

    [Fact]
    public async Task Mail_is_recorded_while_mailboxes_come_and_go()
    {
        using var end = new CancellationTokenSource();
        var changes = Task.Run(async () =>
        {
            for (var i = 0; !end.IsCancellationRequested; i++)
                await grain.PutMailboxAsync(LocalPart.Parse($"m{i}"), new MailboxSettings(), null, default);
        });
        var recorded = 0;
        for (var i = 0; i < 5000; i++)
        {
            if (TryRecord() is { } call && (await call).Outcome == RecordOutcome.Recorded)
                recorded++;
        }

        await end.CancelAsync();
        await changes;
        Assert.True(recorded > 4000, $"{recorded} of 5,000 were not left to the grain.");
    }

    private Task<RecordReceipt>? TryRecord() => local.TryRecordAsync(Tenant, Domain, MailCluster.Submission(bob), default);
}
