using System.Net;
using OrleansMail.Smtp.Addresses;

namespace OrleansMail.Smtp.Proxy;

/// <summary>What a PROXY header says.</summary>
/// <param name="IsLocal">The connection is the proxy's own, such as a health check; nobody is behind it.</param>
/// <param name="Source">The client; null when nobody is told.</param>
/// <param name="Destination">Where the client connected to; null together with <paramref name="Source"/>.</param>
internal readonly record struct ProxyHeader(bool IsLocal, IPEndPoint? Source, IPEndPoint? Destination)
{
    /// <summary>A connection of the proxy's own (v2's LOCAL).</summary>
    public static ProxyHeader Local { get; } = new(true, null, null);

    /// <summary>There is a client, but its address is none that the header can tell (v1's UNKNOWN, v2's UNSPEC and UNIX).</summary>
    public static ProxyHeader Unknown { get; } = new(false, null, null);

    /// <summary>A client with an address; IPv4 that is written as IPv6 becomes IPv4.</summary>
    public static ProxyHeader Client(IPEndPoint source, IPEndPoint destination) => new(false, Plain(source), Plain(destination));

    private static IPEndPoint Plain(IPEndPoint endPoint) => new(endPoint.Address.Unmapped(), endPoint.Port);
}

/// <summary>What the front of a connection is.</summary>
internal enum ProxyHeaderStatus
{
    /// <summary>It may be a header, of which more is to come; also when nothing has come.</summary>
    Incomplete,

    /// <summary>It begins as no header does.</summary>
    Absent,

    /// <summary>It begins as a header and is none.</summary>
    Invalid,

    /// <summary>A header was taken.</summary>
    Complete,
}
