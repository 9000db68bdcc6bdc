using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;
using Orleans.TestingHost;
using OrleansMail.Contracts;
using OrleansMail.Contracts.Domains;
using OrleansMail.Contracts.Mailboxes;
using OrleansMail.Contracts.Messages;
using OrleansMail.Contracts.Tenants;
using OrleansMail.Storage;

namespace OrleansMail.Grains.Tests.Fakes;

/// <summary>Silos with the mail grains over fakes that the test can reach, and shorthands for what most tests set up.</summary>
internal sealed class MailCluster : IAsyncDisposable
{
    private readonly InProcessTestCluster cluster;

    private MailCluster(InProcessTestCluster cluster, StateStore state, FakePartitions partitions, ValueStore store, ShiftedTime time)
    {
        this.cluster = cluster;
        State = state;
        Partitions = partitions;
        Store = store;
        Time = time;
    }

    public StateStore State { get; }

    public FakePartitions Partitions { get; }

    public ValueStore Store { get; }

    public ShiftedTime Time { get; }

    public IGrainFactory Grains => cluster.Client;

    /// <summary>Calls from here are local to the first silo.</summary>
    public IServiceProvider Silo => cluster.Silos[0].ServiceProvider;

    public IEnumerable<IServiceProvider> Silos => cluster.Silos.Select(s => s.ServiceProvider);

    public static async Task<MailCluster> StartAsync(short silos = 1, DomainVerification verification = DomainVerification.None, int partitions = 1, Action<IServiceCollection>? configure = null)
    {
        var state = new StateStore();
        var fakes = new FakePartitions();
        var store = new ValueStore(state);
        var time = new ShiftedTime();
        var builder = new InProcessTestClusterBuilder(silos);
        builder.ConfigureSilo((_, silo) =>
        {
            silo.Services.AddKeyedSingleton<IGrainStorage>(GrainStorageNames.Provider, state);
            silo.Services.AddSingleton<IObjectStore>(store);
            silo.Services.AddSingleton<TimeProvider>(time);
            silo.Services.AddSingleton<IPartitionFactory>(fakes);
            configure?.Invoke(silo.Services);
            silo.AddOrleansMailGrains(o =>
            {
                o.DomainVerification = verification;
                o.Partitions = partitions;
            });
        });
        var cluster = builder.Build();
        await cluster.DeployAsync();
        return new(cluster, state, fakes, store, time);
    }

    public ITenantGrain Tenant(string tenant) => Grains.GetTenant(TenantId.Parse(tenant));

    public IMailboxesGrain Mailboxes(string tenant, string domain) => Grains.GetMailboxes(TenantId.Parse(tenant), DomainName.Parse(domain));

    public Task<IMailboxesGrain> DomainAsync(string tenant, string domain, DomainSettings? settings = null, params string[] mailboxes) =>
        Grains.SetUpDomainAsync(tenant, domain, settings, mailboxes);

    public static MessageSubmission Submission(params ResolvedMailbox[] targets)
    {
        var content = "Subject: hello\r\n\r\nHi.\r\n"u8.ToArray();
        var hash = SHA256.HashData(content);
        return new(
            Ulid.NewUlid(), DateTimeOffset.UnixEpoch, "a@sender.test",
            [.. targets.Select(t => new RecordedMailbox(t.Incarnation, t.LocalPart, [new($"{t.LocalPart}@{t.Domain}", $"{t.LocalPart}@{t.Domain}", null)]))],
            new("sender.test", "192.0.2.1", "ESMTP", null), [], MessageFlags.None,
            new(content.Length, 0, hash, hash, hash, content, null), []);
    }

    public async ValueTask DisposeAsync() => await cluster.DisposeAsync();
}

/// <summary>Shorthands.</summary>
internal static class MailboxesGrainExtensions
{
    /// <summary>A domain of a tenant, both made when they are not there, with mailboxes.</summary>
    public static async Task<IMailboxesGrain> SetUpDomainAsync(
        this IGrainFactory grains, string tenant, string domain, DomainSettings? settings, params string[] mailboxes)
    {
        var owner = grains.GetTenant(TenantId.Parse(tenant));
        if (await owner.GetAsync(default) is null)
            await owner.PutAsync(new(null, false, new()), null, default);
        await owner.PutDomainAsync(DomainName.Parse(domain), settings ?? new(), null, default);
        var grain = grains.GetMailboxes(TenantId.Parse(tenant), DomainName.Parse(domain));
        foreach (var mailbox in mailboxes)
            await grain.PutMailboxAsync(LocalPart.Parse(mailbox), new(), null, default);
        return grain;
    }

    /// <summary>All messages of a mailbox, in pages.</summary>
    public static async Task<List<StoredMessage>> ListAllAsync(this IMailboxesGrain grain, string mailbox)
    {
        var all = new List<StoredMessage>();
        while (true)
        {
            var page = (await grain.ListMessagesAsync(LocalPart.Parse(mailbox), null, all.LastOrDefault()?.Sequence ?? 0, 100, TimeSpan.Zero, default))!.Page;
            all.AddRange(page.Items);
            if (!page.More)
                return all;
        }
    }

    public static Task<Resolution> ResolveAsync(this IMailboxesGrain grain, string localPart) =>
        grain.ResolveAsync(LocalPart.Parse(localPart), 0, default).AsTask();

    /// <summary>What a recipient leads to: mailboxes as <c>local@domain</c> and the tag, or the outcome.</summary>
    public static async Task<string> AnswerAsync(this IMailboxesGrain grain, string localPart)
    {
        var resolution = await grain.ResolveAsync(localPart);
        var tag = resolution.Tag is null ? "" : $" [{resolution.Tag}]";
        return resolution.Targets.Count == 0
            ? resolution.Outcome.ToString()
            : string.Join(' ', resolution.Targets.Select(t => $"{t.LocalPart}@{t.Domain}").Order(StringComparer.Ordinal)) + tag;
    }
}
