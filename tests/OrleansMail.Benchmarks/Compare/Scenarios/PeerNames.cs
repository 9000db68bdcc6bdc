using OrleansMail.Benchmarks.Compare.Peers;

namespace OrleansMail.Benchmarks.Compare.Scenarios;

/// <summary>The peers as options name them.</summary>
internal static class PeerNames
{
    public const string OrleansMail = "orleansmail";
    public const string Sink = "sink";
    public const string Postfix = "postfix";
    public const string Haraka = "haraka";
    public const string Aiosmtpd = "aiosmtpd";

    /// <summary>The sink with a file for each message; the option knows it as <see cref="Sink"/>.</summary>
    public const string FileSink = "sink-files";

    /// <summary>What <c>--peers</c> takes.</summary>
    public static readonly string[] All = [OrleansMail, Sink, Postfix, Haraka, Aiosmtpd];

    /// <summary>Whether the option's choice includes a peer.</summary>
    public static bool Includes(this IReadOnlyCollection<string> chosen, string peer) => chosen.Contains(peer == FileSink ? Sink : peer);

    /// <summary>Makes a peer; nothing is started yet.</summary>
    /// <param name="name">One of the names above.</param>
    /// <param name="server">The assembly of OrleansMail's server.</param>
    /// <param name="mailboxes">Mailboxes that OrleansMail needs.</param>
    public static IPeer Create(string name, string server, int mailboxes) => name switch
    {
        OrleansMail => new OrleansMailPeer(server, mailboxes),
        Sink => new SinkPeer(files: false),
        FileSink => new SinkPeer(files: true),
        Postfix => new PostfixPeer(),
        Haraka => new HarakaPeer(),
        _ => new AiosmtpdPeer(),
    };
}
