namespace OrleansMail.Server.Tests.WholeSystem;

/// <summary>The same behind a proxy that it trusts: the transcripts' player, who speaks for others.</summary>
public sealed class ProxyConformanceServer : ConformanceServer
{
    protected override IEnumerable<string> Listeners =>
    [
        "--OrleansMail:Smtp:TrustedProxies=127.0.0.0/8",
        "--OrleansMail:Smtp:Listeners:0:Address=127.0.0.1:0", "--OrleansMail:Smtp:Listeners:0:RequireProxy=true",
    ];

    protected override int IndexOf(string kind) => kind == "requireProxy" ? 1 : 0;
}
