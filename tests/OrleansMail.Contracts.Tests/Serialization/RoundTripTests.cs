using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using OrleansMail.Contracts.Domains;
using OrleansMail.Contracts.Keys;
using OrleansMail.Contracts.Mailboxes;
using OrleansMail.Contracts.Messages;
using OrleansMail.Contracts.Provisioning;
using OrleansMail.Contracts.Storage;
using OrleansMail.Contracts.Tenants;

namespace OrleansMail.Contracts.Tests.Serialization;

public sealed class RoundTripTests
{
    private static readonly Incarnation One = new(Ulid.Parse("01ARZ3NDEKTSV4RRFFQ69G5FAV"));
    private static readonly DateTimeOffset Then = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private static readonly DomainName Name = DomainName.Parse("a.test");
    private static readonly LocalPart Bob = LocalPart.Parse("bob");
    private static readonly DomainKey Key = new(One, One, 3);
    private static readonly byte[] Hash = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
    private static readonly Domain ADomain = new(Name, Key, DomainStatus.Suspended, "c", new("rest", "-", true, true, true));
    private static readonly Mailbox AMailbox = new(Bob, Name, One, new(true, 7));
    private static readonly RecordedMailbox ARecorded = new(One, "bob", [new("bob@a.test", "Bob+x@a.test", "x")]);
    private static readonly SessionFacts ASession = new("helo", "192.0.2.1", "ESMTPS", new("TLSv1.3", "TLS_AES_128_GCM_SHA256", "mx"));
    private static readonly HeaderField[] Headers = [new(HeaderName.Subject, Hash)];
    private static readonly Payload APayload = new(32, 4, Hash, Hash, Hash, Hash, "t/d/obj/x");

    private static readonly MessageSubmission ASubmission =
        new(One.Value, Then, "a@b.test", [ARecorded], ASession, Headers, MessageFlags.BareNewlines, APayload, [One.Value]) { Sealed = true };

    private static readonly StoredMessage AMessage =
        new(new(One.Value, 3, 1), 9, Then, "", ARecorded, ASession, Headers, MessageFlags.BareNewlines, 32, 4, Hash, Hash, new("default", "wal/0", 5, 32) { SealedFor = Key, Record = One.Value });

    private static readonly ApiKey AKey = new(One.Value, new("k", KeyScopes.MailRead, Then), Then);
    private static readonly TenantSettings Settings = new("T", true, new(1, 2, 3, 4))
    {
        Store = new("https://a.blob.core.windows.net", "c", "s") { Sas = "sig=x", HasSas = true },
        Encryption = new("file:a"),
    };

    public static IEnumerable<object> Values =>
    [
        ApiKeyHash.Parse(new('0', 64)), new TenantKey(TenantId.Parse("t"), One, AKey), new ChangeResult<ApiKey>(ChangeStatus.LimitReached), new Page<ApiKey>([AKey], null),
        TenantId.Parse("t"), new Tenant(TenantId.Parse("t"), One, Settings, Then), ADomain, new DomainConfiguration(TenantId.Parse("t"), ADomain, true, 5, 6) { Place = Settings.Place },
        new MailboxStatus(AMailbox, new(1, 2, Then)), new MailAlias("x-*", Name, ["bob@a.test"]), new MailboxPage(AMailbox, new([AMessage], true)),
        new Resolution(ResolutionOutcome.Accepted, [new(Name, Key, "bob", One) { Place = Settings.Place }], "t", 9, ["x@a.test"]), ASubmission, new RecordReceipt(RecordOutcome.Repeated, AMessage.Id),
        new PartitionId("default", 3), new Versioned<Tenant>(new(TenantId.Parse("t"), One, Settings, Then), "v"), new Page<TenantId>([TenantId.Parse("t")], "t"),
        new ChangeResult<Domain>(ChangeStatus.Invalid, new(ADomain, "v"), "f", "p"), new Page<MailboxStatus>([new(AMailbox, new(1, 2, null))], null),
        new RetentionPolicy(7, new Dictionary<Incarnation, int?> { [One] = null }, true), new MaintenanceReport(1, 2, 3, 4, 5, 6), new MaintenanceWalk(1, 2, 3, 4),
        new TenantRemoval(TenantId.Parse("t"), One, Then, null, 1, 2), new VerificationStatus(Then, 3, true),
    ];

    [Fact]
    public void Everything_that_travels_between_silos_arrives_as_it_left()
    {
        using var services = new ServiceCollection().AddSerializer().BuildServiceProvider();
        var serializer = services.GetRequiredService<Serializer>();
        foreach (var value in Values)
        {
            var back = serializer.Deserialize<object>(serializer.SerializeToArray<object>(value));
            Assert.IsType(value.GetType(), back);
            if (value is RetentionPolicy policy) // JSON has no names for its mailboxes
                Assert.Equal((policy.Days, policy.Hold, policy.Mailboxes.Single()), (((RetentionPolicy)back).Days, ((RetentionPolicy)back).Hold, ((RetentionPolicy)back).Mailboxes.Single()));
            else
                Assert.Equal(Text(value), Text(back));
        }
    }

    [Fact]
    public void What_stays_on_its_silo_is_passed_by_reference()
    {
        using var services = new ServiceCollection().AddSerializer().BuildServiceProvider();
        var copier = services.GetRequiredService<DeepCopier>();
        foreach (var value in Values.Where(v => v.GetType().IsClass))
            Assert.Same(value, copier.Copy(value));
    }

    [Fact]
    public void A_failing_store_is_told_apart_on_the_other_silo()
    {
        using var services = new ServiceCollection().AddSerializer().BuildServiceProvider();
        var serializer = services.GetRequiredService<Serializer>();
        Exception[] exceptions = [new StoreUnavailableException("a", new IOException("b")), new StoreFullException("c"), new PayloadDamagedException("d")];
        foreach (var exception in exceptions)
        {
            var back = serializer.Deserialize<Exception>(serializer.SerializeToArray(exception));
            Assert.Equal((exception.GetType(), exception.Message, exception.InnerException?.Message), (back!.GetType(), back.Message, back.InnerException?.Message));
        }
    }

    [Fact]
    public void No_serialised_type_is_left_out()
    {
        var seen = new HashSet<Type>();
        foreach (var value in Values)
            Collect(value.GetType(), seen);
        Assert.All(
            typeof(TenantId).Assembly.GetTypes()
                .Where(t => t.IsDefined(typeof(GenerateSerializerAttribute), false) && !t.IsAssignableTo(typeof(Exception)) && t.Name != "UlidSurrogate"),
            t => Assert.Contains(t, seen));
    }

    private static void Collect(Type type, HashSet<Type> seen)
    {
        if (!seen.Add(type.IsGenericType ? type.GetGenericTypeDefinition() : type) && !type.IsGenericType)
            return;
        foreach (var argument in type.GenericTypeArguments)
            Collect(argument, seen);
        if (type.Namespace!.StartsWith("OrleansMail", StringComparison.Ordinal))
        {
            foreach (var property in type.GetProperties().Where(p => p.PropertyType != type))
                Collect(property.PropertyType, seen);
        }
    }

    private static string Text(object value) => JsonSerializer.Serialize(value, value.GetType());
}
