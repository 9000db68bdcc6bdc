using System.Net;
using OrleansMail.Conformance;
using OrleansMail.Smtp.Authentication;
using OrleansMail.Smtp.Tls;
using OrleansMail.Testing.Smtp;

namespace OrleansMail.Smtp.Tests;

/// <summary>The listeners that transcripts ask for by name.</summary>
internal static class TranscriptListener
{
    private static readonly SmtpListenerOptions Auth = new() { Auth = true };
    private static readonly SmtpListenerOptions RequireProxy = new() { RequireProxy = true };
    private static readonly SmtpListenerOptions WithoutTls = new() { Tls = SmtpListenerTls.None };

    public static Task<SmtpListener> StartAsync(TranscriptCase one) => one.Listener switch
    {
        "smtp" when one.Requires.Any(static need => need.StartsWith("AUTH", StringComparison.Ordinal)) => StartAuthAsync(),
        "smtp" => SmtpListener.StartAsync(TestCertificate.OfferTls),
        "lmtp" => SmtpListener.StartAsync(TestCertificate.OfferTls, offers: new SmtpListenerOptions { Lmtp = true }),
        "auth" => StartAuthAsync(),
        "authPlaintext" => SmtpListener.StartAsync(SetAuthenticator + (Action<SmtpServerOptions>)TestCertificate.OfferTls, offers: Auth),
        "withoutTls" => SmtpListener.StartAsync(TestCertificate.OfferTls, offers: WithoutTls),
        "proxy" => SmtpListener.StartAsync(static options => Trust(options, "127.0.0.0/8")),
        "requireProxy" => SmtpListener.StartAsync(static options => Trust(options, "127.0.0.0/8"), offers: RequireProxy),
        "requireProxyOfOthers" => SmtpListener.StartAsync(static options => Trust(options, "192.0.2.0/24"), offers: RequireProxy),
        var unknown => throw new InvalidDataException($"Case {one.Id} asks for the listener {unknown}, which is not known."),
    };

    private static Task<SmtpListener> StartAuthAsync() => SmtpListener.StartAsync(SetAuthenticator, offers: Auth, around: static inner => new Encrypted(inner));

    private static void Trust(SmtpServerOptions options, string network)
    {
        options.TrustedProxies.Add(IPNetwork.Parse(network));
        options.OfferTls();
    }

    private static void SetAuthenticator(SmtpServerOptions options) => options.Authenticator = new Carol();

    /// <summary>Knows <c>carol</c> and her password <c>secret</c>.</summary>
    private sealed class Carol : ISmtpAuthenticator
    {
        public ValueTask<SmtpIdentity?> AuthenticateAsync(SmtpSessionContext session, SmtpCredentials credentials, CancellationToken cancellationToken) =>
            new(credentials is { UserName: "carol", Password: "secret" } ? new SmtpIdentity("carol") : null);
    }

    /// <summary>Takes each session for encrypted, so that a case needs no handshake.</summary>
    private sealed class Encrypted(ISmtpDeliveryFactory inner) : ISmtpDeliveryFactory
    {
        public ValueTask<ISmtpDelivery> CreateAsync(SmtpSessionContext session, CancellationToken cancellationToken)
        {
            session.Tls ??= new SmtpTlsInfo("TLSv1.3", "TLS_AES_256_GCM_SHA384", null, null);
            return inner.CreateAsync(session, cancellationToken);
        }
    }
}
