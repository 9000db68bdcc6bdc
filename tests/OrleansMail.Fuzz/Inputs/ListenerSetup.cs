using System.Net;
using OrleansMail.Smtp;
using OrleansMail.Testing.Smtp;

namespace OrleansMail.Fuzz.Inputs;

/// <summary>What a session's listener offers, and whether its peer is a trusted proxy.</summary>
internal sealed record ListenerSetup
{
    /// <summary>Longest line of AUTH in octets, CRLF included (RFC 4954 §4).</summary>
    public const int MaxAuthLine = 12288;

    private const int MaxLine = 512;
    private const int MaxFirstLine = 1001; // of a message, with a stuffed dot
    private const int MaxProxyHeader = 4096;

    /// <summary>The default listener, and a peer of no address.</summary>
    public static ListenerSetup Plain { get; } = new();

    /// <summary>Whether LMTP is spoken.</summary>
    public bool Lmtp { get; private init; }

    /// <summary>Whether AUTH is enabled.</summary>
    public bool Auth { get; private init; }

    /// <summary>Whether the session counts as encrypted, without a handshake.</summary>
    public bool Encrypted { get; private init; }

    /// <summary>Whether the peer's PROXY header and XCLIENT are believed.</summary>
    public bool Trusted { get; private init; }

    /// <summary>Whether a PROXY header is required.</summary>
    public bool RequiresProxy { get; private init; }

    /// <summary>Whether bare newlines in DATA are refused.</summary>
    public bool RejectsBareNewlines { get; private init; }

    /// <summary>Whether there is a certificate for STARTTLS.</summary>
    public bool OffersTls { get; private init; }

    /// <summary>The peer's address.</summary>
    public IPEndPoint? Peer { get; private init; }

    /// <summary>The most that may be left unread when the session waits for more, in octets.</summary>
    public int MostUnread => Auth ? MaxAuthLine : Trusted ? MaxProxyHeader : MaxFirstLine;

    /// <summary>A setup for each octet but for its highest bit.</summary>
    public static ListenerSetup Of(byte octet) => new()
    {
        Lmtp = (octet & 1) != 0,
        Auth = (octet & 2) != 0,
        Encrypted = (octet & 4) != 0,
        Trusted = (octet & 8) != 0,
        RequiresProxy = (octet & 16) != 0,
        RejectsBareNewlines = (octet & 32) != 0,
        OffersTls = (octet & 64) != 0,
        Peer = IPEndPoint.Parse((octet & 8) != 0 ? "10.0.0.9:51000" : "203.0.113.5:51000"),
    };

    /// <summary>The server's settings; its limits are low, so that they are met.</summary>
    public SmtpServerOptions CreateOptions()
    {
        var options = new SmtpServerOptions
        {
            HostName = "mx.example.test",
            MaxMessageBytes = 900,
            MaxRecipients = 3,
            MaxErrors = 10,
            MaxUnknownRecipients = 4,
            MaxCommandLineBytes = MaxLine,
            MaxConnectionsPerAddress = 0, // limits per address look at the time by themselves
            ConnectionsPerMinutePerAddress = 0,
            Authenticator = Auth ? new OneUser() : null,
        };
        options.TrustedProxies.Add(IPNetwork.Parse("10.0.0.0/8"));
        if (OffersTls)
            options.OfferTls();
        return options;
    }

    /// <summary>The listener's settings.</summary>
    public SmtpListenerOptions CreateListener() => new()
    {
        Lmtp = Lmtp,
        Auth = Auth,
        RequireProxy = RequiresProxy,
        BareNewlines = RejectsBareNewlines ? SmtpBareNewlines.Reject : null,
    };
}
