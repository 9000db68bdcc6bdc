using System.Net;
using OrleansMail.Testing.Smtp;

namespace OrleansMail.Smtp.Tests.Proxy;

/// <summary>An engine that trusts 10.0.0.0/8 and fd00::/8, peers of it, and what each session's delivery was told of its client.</summary>
internal sealed class Trusting : IAsyncDisposable
{
    public static readonly IPEndPoint Proxy = IPEndPoint.Parse("10.0.0.9:51000");
    public static readonly IPEndPoint Stranger = IPEndPoint.Parse("203.0.113.5:51000");
    public static readonly SmtpListenerOptions Required = new() { RequireProxy = true };

    private readonly List<string> _clients = [];

    public Trusting(Action<SmtpServerOptions>? configure = null) => Engine = new Engine(
        options =>
        {
            options.TrustedProxies.Add(IPNetwork.Parse("10.0.0.0/8"));
            options.TrustedProxies.Add(IPNetwork.Parse("fd00::/8"));
            configure?.Invoke(options);
        },
        inner => new Listening(inner, _clients));

    public Engine Engine { get; }

    /// <summary>For each delivery that was made: client, own address and proxy.</summary>
    public IReadOnlyList<string> Clients => _clients;

    public Conversation Connect(IPEndPoint? peer, SmtpListenerOptions? listener = null) => Conversation.Start(Engine.Server, peer, listener);

    public ValueTask DisposeAsync() => Engine.DisposeAsync();

    private sealed class Listening(ISmtpDeliveryFactory inner, List<string> clients) : ISmtpDeliveryFactory
    {
        public ValueTask<ISmtpDelivery> CreateAsync(SmtpSessionContext session, CancellationToken cancellationToken)
        {
            clients.Add($"{session.RemoteEndPoint} > {session.LocalEndPoint} by {session.ProxyEndPoint}");
            return inner.CreateAsync(session, cancellationToken);
        }
    }
}
