namespace OrleansMail.Server.Tests.WholeSystem;

/// <summary>The same behind a proxy that it trusts: the transcripts' player, who speaks for others.</summary>
public sealed class ProxyConformanceServer : ConformanceServer
{
    protected override IReadOnlyList<(string Name, string[] Settings)> Listeners => [("proxy", []), ("requireProxy", ["RequireProxy=true"])];

    protected override string TrustedProxies => "127.0.0.0/8";
}
