using System.Text;
using OrleansMail.Smtp.Authentication;
using OrleansMail.Smtp.Tls;
using OrleansMail.Testing.Smtp;

namespace OrleansMail.Smtp.Tests.Authentication;

/// <summary>An engine whose sessions count as encrypted, and an authenticator that knows <c>carol</c> and her password <c>secret</c>.</summary>
internal sealed class Secured : IAsyncDisposable, ISmtpAuthenticator
{
    public static readonly SmtpListenerOptions Listener = new() { Auth = true };

    private readonly List<string> _identities = [];

    public Secured(bool tls = true, Action<SmtpServerOptions>? configure = null, MemoryDelivery[]? deliveries = null) => Engine = new Engine(
        options =>
        {
            options.Authenticator = this;
            configure?.Invoke(options);
        },
        inner => new Deliveries(number => deliveries?[number] ?? inner, tls, _identities, () => DeliveryFails));

    public Engine Engine { get; }

    /// <summary>What was asked of the authenticator.</summary>
    public List<SmtpCredentials> Asked { get; } = [];

    /// <summary>For each delivery that was made, whose it is.</summary>
    public IReadOnlyList<string> Identities => _identities;

    public bool Fails { get; set; }

    public bool DeliveryFails { get; set; }

    public Task<Conversation> GreetAsync() => Conversation.GreetAsync(Engine.Server, null, Listener);

    public ValueTask<SmtpIdentity?> AuthenticateAsync(SmtpSessionContext session, SmtpCredentials credentials, CancellationToken cancellationToken)
    {
        Asked.Add(credentials);
        if (Fails)
            throw new InvalidOperationException("store");
        return new(credentials is { UserName: "carol", Password: "secret" } ? new SmtpIdentity(credentials.UserName) : null);
    }

    public ValueTask DisposeAsync() => Engine.DisposeAsync();

    public static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private sealed class Deliveries(Func<int, ISmtpDeliveryFactory> inner, bool tls, List<string> identities, Func<bool> fails) : ISmtpDeliveryFactory
    {
        public ValueTask<ISmtpDelivery> CreateAsync(SmtpSessionContext session, CancellationToken cancellationToken)
        {
            if (tls)
                session.Tls ??= new SmtpTlsInfo("TLSv1.3", "TLS_AES_256_GCM_SHA384", null, null);
            if (fails())
                throw new InvalidOperationException("no delivery");
            identities.Add(session.Identity?.Name ?? "anonymous");
            return inner(identities.Count - 1).CreateAsync(session, cancellationToken);
        }
    }
}
