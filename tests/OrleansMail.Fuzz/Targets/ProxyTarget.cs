using System.Buffers;
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using OrleansMail.Fuzz.Inputs;
using OrleansMail.Smtp.Proxy;

namespace OrleansMail.Fuzz.Targets;

/// <summary>
/// What the front of a connection is does not change when more of it arrives, is decided within a bound, takes the header's octets and no
/// others, and a header that was taken is taken again when written in either version.
/// </summary>
internal sealed class ProxyTarget : IFuzzTarget
{
    public string Name => "proxy";

    public void Run(byte[] input)
    {
        var whole = Take(new ReadOnlySequence<byte>(input));
        PropertyException.Unless(whole.Status != ProxyHeaderStatus.Incomplete || input.Length < ProxyHeaderParser.MaxOctets, "A bound decides");
        JudgeGrowth(input, whole);
        if (whole.Status != ProxyHeaderStatus.Complete)
            return;
        PropertyException.Unless(whole.Taken is > 0 and <= ProxyHeaderParser.MaxOctets, "A header is within its bound");
        var header = whole.Header;
        PropertyException.Unless(header.Source is null == header.Destination is null, "Both ends are told, or none");
        PropertyException.Unless(!header.IsLocal || header.Source is null, "Nobody is behind the proxy's own connection");
        if (header is not { Source: { } source, Destination: { } destination })
            return;
        PropertyException.Unless(!source.Address.IsIPv4MappedToIPv6 && !destination.Address.IsIPv4MappedToIPv6, "IPv4 is IPv4");
        JudgeWritten(WriteBinary(source, destination), header);
        if (source.AddressFamily == destination.AddressFamily)
            JudgeWritten(WriteText(source, destination), header);
    }

    private static (ProxyHeaderStatus Status, ProxyHeader Header, long Taken) Take(ReadOnlySequence<byte> input)
    {
        var rest = input;
        var status = ProxyHeaderParser.TryTake(ref rest, out var header);
        var taken = input.Length - rest.Length;
        PropertyException.Unless(status == ProxyHeaderStatus.Complete || taken == 0, "What is no header is left");
        PropertyException.Unless(input.Slice(taken).Start.Equals(rest.Start), "A header is taken off the front");
        return (status, header, taken);
    }

    private static void JudgeGrowth(byte[] input, (ProxyHeaderStatus Status, ProxyHeader Header, long Taken) whole)
    {
        var reader = new SplitReader(SplitReader.Pieces(input, 60), ProxyHeaderParser.MaxOctets + 60, endsApart: true);
        while (reader.Read() is { IsCompleted: false } result)
        {
            var now = Take(result.Buffer);
            if (now.Status != ProxyHeaderStatus.Incomplete)
            {
                PropertyException.Unless(now == whole, $"{now} is what it was when less had arrived than {whole}");
                return;
            }

            reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }

        PropertyException.Unless(whole.Status == ProxyHeaderStatus.Incomplete, "What is undecided in pieces is undecided");
    }

    private static void JudgeWritten(byte[] written, ProxyHeader header)
    {
        var again = Take(new ReadOnlySequence<byte>([.. written, .. "EHLO a.test\r\n"u8]));
        PropertyException.Unless(again == (ProxyHeaderStatus.Complete, header, written.Length), $"A header that is written is taken again: {header}, {again}");
    }

    private static byte[] WriteText(IPEndPoint source, IPEndPoint destination) => Encoding.ASCII.GetBytes(
        $"PROXY {(source.AddressFamily == AddressFamily.InterNetwork ? "TCP4" : "TCP6")} {source.Address} {destination.Address} {source.Port} {destination.Port}\r\n");

    private static byte[] WriteBinary(IPEndPoint source, IPEndPoint destination)
    {
        var isIPv4 = source.AddressFamily == AddressFamily.InterNetwork && destination.AddressFamily == AddressFamily.InterNetwork;
        byte[] addresses = [.. Octets(source, isIPv4), .. Octets(destination, isIPv4)];
        var header = new byte[16 + addresses.Length + 4];
        "\r\n\r\n\0\r\nQUIT\n"u8.CopyTo(header);
        (header[12], header[13]) = (0x21, (byte)(isIPv4 ? 0x11 : 0x21));
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(14), (ushort)(addresses.Length + 4));
        addresses.CopyTo(header, 16);
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(16 + addresses.Length), (ushort)source.Port);
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(18 + addresses.Length), (ushort)destination.Port);
        return header;
    }

    private static byte[] Octets(IPEndPoint endPoint, bool isIPv4) => (isIPv4 ? endPoint.Address : endPoint.Address.MapToIPv6()).GetAddressBytes();
}
