using System.Net;
using OrleansMail.Smtp;
using OrleansMail.Smtp.Addresses;
using OrleansMail.Smtp.Proxy;

namespace OrleansMail.Fuzz.Targets;

/// <summary>A client that a proxy tells of has an address and a name that are fit for a trace line, and nothing is told by halves.</summary>
internal sealed class XclientTarget : IFuzzTarget
{
    public string Name => "xclient";

    public void Run(byte[] input)
    {
        var proxy = new IPEndPoint(IPAddress.Loopback, 4321);
        var session = new SmtpSessionContext { Id = "1", HostName = "mx.example.test", RemoteEndPoint = proxy, LocalEndPoint = new IPEndPoint(IPAddress.Loopback, 25) };
        var told = new ToldClient(session);
        var isRead = told.TryRead(input);
        PropertyException.Unless(session.RemoteEndPoint == proxy && session.Helo is null, "Nothing is told before all is read");
        if (!isRead)
            return;
        told.Apply();
        PropertyException.Unless(session.ProxyEndPoint == proxy, "The proxy is remembered");
        PropertyException.Unless(session.RemoteEndPoint?.Address is not { IsIPv4MappedToIPv6: true }, "IPv4 is IPv4");
        PropertyException.Unless(session.Helo is null || DomainSyntax.IsHelloName(System.Text.Encoding.ASCII.GetBytes(session.Helo)), "A name is one that EHLO would take");
    }
}
