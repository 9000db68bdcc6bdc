using System.Net;
using System.Text;
using OrleansMail.Smtp.Addresses;

namespace OrleansMail.Smtp.Proxy;

/// <summary>
/// The client that an XCLIENT line tells of: what it leaves out stays as the session has it. NAME and LOGIN are understood and not used: names are not
/// looked up here, and a proxy's word authenticates nobody.
/// </summary>
internal struct ToldClient(SmtpSessionContext session)
{
    /// <summary>The attributes, as EHLO lists them.</summary>
    public const string Attributes = "NAME ADDR PORT PROTO HELO LOGIN DESTADDR DESTPORT";

    private const int MaxValue = 255;

    private IPAddress? _address = session.RemoteEndPoint?.Address;
    private int? _port;
    private bool _moved;
    private IPAddress? _destination = session.LocalEndPoint?.Address;
    private int? _destinationPort = session.LocalEndPoint?.Port;
    private string? _helo;
    private bool _extended;

    /// <summary>Reads the attributes.</summary>
    /// <returns>False when one is unknown or ill-formed, or when there is none.</returns>
    public bool TryRead(ReadOnlySpan<byte> argument)
    {
        Span<byte> decoded = stackalloc byte[MaxValue];
        foreach (var range in argument.SplitAny((byte)' ', (byte)'\t'))
        {
            var attribute = argument[range];
            if (attribute.IsEmpty)
                continue;
            var equals = attribute.IndexOf((byte)'=');
            if (equals <= 0 || !Xtext.TryDecode(attribute[(equals + 1)..], decoded, out var length) || length == 0)
                return false;
            var value = decoded[..length];
            if (!TryTake(attribute[..equals], IsUnavailable(value) ? default : value))
                return false;
        }

        return !argument.IsEmpty;
    }

    /// <summary>Makes it the session's client.</summary>
    public readonly void Apply()
    {
        session.ProxyEndPoint ??= session.RemoteEndPoint;
        session.RemoteEndPoint = _address is null ? null : new IPEndPoint(_address, _port ?? (_moved ? 0 : session.RemoteEndPoint!.Port));
        session.LocalEndPoint = _destination is null ? null : new IPEndPoint(_destination, _destinationPort ?? 0);
        session.Helo = _helo;
        session.IsExtended = _extended;
    }

    private bool TryTake(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) =>
        Is(name, "ADDR"u8) ? TryTakeAddress(value)
        : Is(name, "PORT"u8) ? TryReadPort(value, out _port)
        : Is(name, "DESTADDR"u8) ? TryReadAddress(value, out _destination)
        : Is(name, "DESTPORT"u8) ? TryReadPort(value, out _destinationPort)
        : Is(name, "HELO"u8) ? TryTakeHelo(value)
        : Is(name, "PROTO"u8) ? TryTakeProtocol(value)
        : Is(name, "NAME"u8) || Is(name, "LOGIN"u8);

    private bool TryTakeAddress(ReadOnlySpan<byte> value)
    {
        _moved = true;
        return TryReadAddress(value, out _address);
    }

    // A name that EHLO would refuse is kept out of the trace lines; that the client said it is not the proxy's mistake.
    private bool TryTakeHelo(ReadOnlySpan<byte> value)
    {
        _helo = DomainSyntax.IsHelloName(value) ? Encoding.ASCII.GetString(value) : null;
        return true;
    }

    private bool TryTakeProtocol(ReadOnlySpan<byte> value)
    {
        _extended = Is(value, "ESMTP"u8);
        return _extended || value.IsEmpty || Is(value, "SMTP"u8);
    }

    private static bool TryReadAddress(ReadOnlySpan<byte> value, out IPAddress? address)
    {
        var isIPv6 = value.Length > 5 && Is(value[..5], "IPV6:"u8);
        address = (isIPv6 ? IPText.ReadIPv6(value[5..]) : IPText.ReadIPv4(value))?.Unmapped();
        return address is not null || value.IsEmpty;
    }

    private static bool TryReadPort(ReadOnlySpan<byte> value, out int? port)
    {
        port = IPText.TryReadPort(value, out var number) ? number : value.IsEmpty ? 0 : null;
        return port is not null;
    }

    private static bool IsUnavailable(ReadOnlySpan<byte> value) => Is(value, "[UNAVAILABLE]"u8) || Is(value, "[TEMPUNAVAIL]"u8);

    private static bool Is(ReadOnlySpan<byte> text, ReadOnlySpan<byte> word) => Ascii.EqualsIgnoreCase(text, word);
}
