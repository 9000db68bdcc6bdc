using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using OrleansMail.Contracts.Mailboxes;
using OrleansMail.Contracts.Storage;
using OrleansMail.Server.Gateway;
using OrleansMail.Smtp;
using OrleansMail.Smtp.Authentication;

namespace OrleansMail.Server.Tests.Gateway;

/// <summary>The gateway with fake grains, spoken to as the engine does.</summary>
internal sealed class GatewayFixture : IAsyncDisposable
{
    private readonly ServiceProvider services;
    private ISmtpDelivery delivery;
    private readonly List<SmtpRecipient> recipients = [];

    public GatewayFixture(TimeProvider? time = null, Action<GatewayOptions>? configure = null)
    {
        services = new ServiceCollection()
            .AddSingleton(time ?? Time)
            .AddSingleton(Grains.Factory)
            .AddSingleton<IPayloadStore>(Payloads)
            .AddSingleton<IStoreHealth>(Health)
            .AddLogging(logging => logging.AddProvider(new FakeLoggerProvider(Logs)))
            .AddSingleton<ILocalMailboxes, NoLocalMailboxes>()
            .AddSmtpGateway(configure)
            .BuildServiceProvider();
        BeginSession();
        Transaction = Begin();
    }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));

    public FakeGrains Grains { get; } = new();

    public FakePayloadStore Payloads { get; } = new();

    public FakeHealth Health { get; } = new();

    public FakeLogCollector Logs { get; } = new();

    public SmtpSessionContext Session { get; } = new() { Id = "s1", HostName = "mx.example.test" };

    public SmtpTransaction Transaction { get; private set; }

    public T Get<T>() where T : notnull => services.GetRequiredService<T>();

    /// <summary>What follows is said by who gave this password to AUTH; whether it was taken.</summary>
    public async Task<bool> AuthenticateAsync(string password, string user = "anyone", string authorization = "")
    {
        var identity = await services.GetRequiredService<ISmtpAuthenticator>().AuthenticateAsync(Session, new(authorization, user, password), CancellationToken.None);
        typeof(SmtpSessionContext).GetProperty(nameof(SmtpSessionContext.Identity))!.SetValue(Session, identity); // the engine's to set
        BeginSession();
        return identity is not null;
    }

    /// <summary>What follows is said in another session.</summary>
    [MemberNotNull(nameof(delivery))]
    public void BeginSession() =>
        delivery = services.GetRequiredService<ISmtpDeliveryFactory>().CreateAsync(Session, CancellationToken.None).AsTask().GetAwaiter().GetResult();

    public async Task<SmtpReply?> MailAsync(long? size = null)
    {
        Transaction = Begin(size);
        recipients.Clear();
        return await delivery.ValidateSenderAsync(Transaction, CancellationToken.None);
    }

    /// <summary>Gives a recipient; returns the refusal, or null.</summary>
    public async Task<SmtpReply?> RcptAsync(string address)
    {
        var path = Path(address);
        var decision = await delivery.ValidateRecipientAsync(Transaction, path, CancellationToken.None);
        if (decision.Sink is not { } sink)
            return decision.Reply;
        Assert.True(recipients.TrueForAll(r => ReferenceEquals(r.Sink, sink)), "All recipients of a transaction share one sink.");
        recipients.Add(new SmtpRecipient(path, sink));
        return null;
    }

    public async Task<IMessageSink> OpenAsync()
    {
        var trace = delivery.CreateTraceHeader(Transaction, recipients);
        return await recipients[0].Sink.OpenAsync(Transaction, recipients, trace, CancellationToken.None);
    }

    public async Task<SmtpReply> DataAsync(ReadOnlyMemory<byte> content)
    {
        var sink = await OpenAsync();
        await sink.WriteAsync(new ReadOnlySequence<byte>(content), CancellationToken.None);
        return await sink.CompleteAsync(CancellationToken.None);
    }

    public Task<SmtpReply> DataAsync(string content) => DataAsync(Encoding.ASCII.GetBytes(content));

    public async Task<SmtpReply> SendAsync(string content, params string[] addresses)
    {
        Assert.Null(await MailAsync());
        foreach (var address in addresses)
            Assert.Null(await RcptAsync(address));
        return await DataAsync(content);
    }

    /// <summary>As LMTP asks: a reply for each recipient.</summary>
    public async Task<IReadOnlyList<SmtpReply>> SendForEachAsync(string content, params string[] addresses)
    {
        Assert.Null(await MailAsync());
        foreach (var address in addresses)
            Assert.Null(await RcptAsync(address));
        var sink = Assert.IsAssignableFrom<IRecipientMessageSink>(await OpenAsync());
        await sink.WriteAsync(new ReadOnlySequence<byte>(Encoding.ASCII.GetBytes(content)), CancellationToken.None);
        return await sink.CompleteEachAsync(CancellationToken.None);
    }

    public ValueTask ReplySeenAsync() => delivery.ReplySeenAsync(CancellationToken.None);

    public ValueTask DisposeAsync() => services.DisposeAsync();

    public static SmtpPath Path(string address)
    {
        var at = address.LastIndexOf('@');
        return at < 0 ? new SmtpPath(address, "", address) : new SmtpPath(address[..at], address[(at + 1)..], address);
    }

    private SmtpTransaction Begin(long? size = null) =>
        new() { Session = Session, ReversePath = Path("sender@example.org"), DeclaredSize = size, MaxMessageBytes = 1_000_000 };
}
