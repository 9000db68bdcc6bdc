using System.Net;
using OrleansMail.Smtp.Proxy;
using OrleansMail.Smtp.Replies;

namespace OrleansMail.Smtp.Limits;

/// <summary>Whether a session may stay, once its client's address is known. Asked again when a proxy tells another address.</summary>
internal static class ConnectionAdmission
{
    // Whoever comes from such a network without a proxy's word is the installation's own: a load balancer, a relay, a health check.
    private static readonly TrustedNetworks Ours = new(
    [
        IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("::1/128"), // RFC 1122 §3.2.1.3, RFC 4291 §2.5.3
        IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("172.16.0.0/12"), IPNetwork.Parse("192.168.0.0/16"), // RFC 1918
        IPNetwork.Parse("100.64.0.0/10"), // RFC 6598
        IPNetwork.Parse("169.254.0.0/16"), IPNetwork.Parse("fe80::/10"), // RFC 3927, RFC 4291 §2.5.6
        IPNetwork.Parse("fc00::/7"), // RFC 4193
    ]);

    /// <summary>Takes a connection of the client's; one taken before for another address is given back.</summary>
    /// <returns>False when the session is over: the client has too many connections, or it was over before. The last reply is written.</returns>
    public static bool Admit(SmtpSession session)
    {
        if (session.IsClosing)
            return false;
        var client = session.ConnectionLimits.IsOn ? Counted(session) : null;
        if (session.Lease is { } held)
        {
            if (held.Client == client)
                return true;
            held.Dispose();
            session.Lease = null;
        }

        if (client is not { } one)
            return true;
        var reason = session.ConnectionLimits.Acquire(one, out var lease);
        session.Lease = lease;
        if (reason is null)
            return true;
        session.End(Refusal(reason, session.Context.HostName), SmtpStage.Connection);
        return false;
    }

    private static SmtpReply Refusal(string reason, string host) =>
        reason == SmtpReasons.AddressRate ? StandardReplies.ConnectsTooOften(host) : StandardReplies.TooManyConnections(host);

    // Null when the client's own address is not known, but only that of what stands in front of us.
    private static ClientKey? Counted(SmtpSession session)
    {
        if (session.Context.RemoteEndPoint is not { } client)
            return null;
        var known = session.Context.ProxyEndPoint is not null || !(Ours.Contain(client) || session.TrustedProxies.Contain(client));
        return known ? ClientKey.Of(client.Address) : null;
    }
}
