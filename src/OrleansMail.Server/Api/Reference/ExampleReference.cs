using OrleansMail.Contracts.Domains;
using OrleansMail.Server.Api.Aliases;
using OrleansMail.Server.Api.Domains;
using OrleansMail.Server.Api.Health;
using OrleansMail.Server.Api.Keys;
using OrleansMail.Server.Api.Lists;
using OrleansMail.Server.Api.Mailboxes;
using OrleansMail.Server.Api.Messages;
using OrleansMail.Server.Api.Removals;
using OrleansMail.Server.Api.Tenants;

namespace OrleansMail.Server.Api.Reference;

/// <summary>An example of each body.</summary>
internal static class ExampleReference
{
    private const string Cursor = "AXb1o0c7hS8nJk2mQ4pR5tZGVtby50ZXN0";
    private static readonly DateTimeOffset Received = new(2026, 3, 14, 9, 26, 53, TimeSpan.Zero);
    private static readonly TenantResource Tenant = new("demo", "Demo", ActivityStatus.Active, new(MaxMessageBytes: 52_428_800), new(30, false), null, null);
    private static readonly KeyResource Key = new("01K2Z9V4T8N6W3Q5R7Y1B0C2D4", "Billing", ["mail:submit"], Received, Received.AddYears(1));
    private static readonly DomainResource Domain = new("demo.test", DomainStatus.Verified, null, "inbox", "+", false, false, null, false);
    private static readonly MailboxResource Mailbox = new("inbox@demo.test", ActivityStatus.Active, 2, 4711, Received, 7, 7);
    private static readonly RemovalResource Removal = new("demo", "01K2Z9V4T8N6W3Q5R7Y1B0C2D4", Received, Received.AddDays(1), 12, 4_194_304);
    private static readonly AliasResource Alias = new("support-*", ["inbox@demo.test"]);

    private static readonly MessageResource Listed = new(
        "01K2Z9V4T8N6W3Q5R7Y1B0C2D4-1",
        "inbox@demo.test",
        2,
        Received,
        new("anna@example.org", [new("inbox@demo.test", "Inbox+news@demo.test", "news")], "mail.example.org", "192.0.2.25", "ESMTP", null),
        2355,
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752",
        new("Grüße", "Anna <anna@example.org>", "inbox@demo.test", Received, "<1@example.org>"),
        MessageClass.Person,
        "8d5nZQ4rXk2m0vB7yT1c3g",
        new("unverified"),
        []);

    private static readonly Dictionary<Type, object> ByType = new object[]
    {
        Tenant,
        Key,
        new CreatedKeyResource(Key.Id, "omk_EXAMPLEEXAMPLEEXAMPLEEXAMPLEEXAMPLEEXAMPLEA", Key.Name, Key.Scopes, Key.CreatedAt, Key.ExpiresAt),
        Domain,
        Mailbox,
        Alias,
        Listed with { Attachments = [new(0, "invoice.pdf", "application/pdf", 1024)] },
        Page(Tenant),
        Page(Key),
        Page(Domain),
        Page(Mailbox),
        Page(Alias),
        Removal,
        Page(Removal),
        Page(Listed),
        new TenantRequest("Demo", ActivityStatus.Active, new(MaxMessageBytes: 52_428_800), new(30)),
        new KeyRequest(Key.Name, Key.Scopes, Key.ExpiresAt),
        new DomainRequest(DomainStatus.Verified, "inbox"),
        new MailboxRequest(RetentionDays: 7),
        new AliasRequest(["inbox@demo.test"]),
        new HealthResource("ok"),
    }.ToDictionary(example => example.GetType());

    /// <summary>The example of a type; null when it has none.</summary>
    public static object? Of(Type type) => ByType.GetValueOrDefault(type);

    private static ListResource<T> Page<T>(T item) => new([item], null, Cursor);
}
