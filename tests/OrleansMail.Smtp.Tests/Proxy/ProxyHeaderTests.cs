using System.Buffers;
using System.Buffers.Binary;
using System.Net;
using System.Numerics;
using System.Text;
using CsCheck;
using OrleansMail.Smtp.Proxy;

namespace OrleansMail.Smtp.Tests.Proxy;

public sealed class ProxyHeaderTests
{
    private static readonly Gen<IPAddress> IPv4 = Gen.Byte.Array[4].Select(octets => new IPAddress(octets));
    private static readonly Gen<IPAddress> IPv6 = Gen.Byte.Array[16].Select(octets => new IPAddress([0x20, .. octets[1..]]));
    private static readonly Gen<(IPAddress, IPAddress)> Pairs = Gen.OneOf(Gen.Select(IPv4, IPv4), Gen.Select(IPv6, IPv6));
    private static readonly Gen<byte[]> Values = Gen.Select(Gen.Int[4, 255], Gen.Byte.Array[0, 300], Header.Value).Array[0, 4].Select(values => values.SelectMany(one => one).ToArray());
    private static readonly Gen<byte[]> Fronts = Gen.Int[0, 4].Select(i => (byte[])(i switch
    {
        0 => [.. "PROXY "u8],
        1 => [.. "PROXY TCP4 "u8],
        2 => [.. Header.Signature, 0x21, 0x11, 0, 12],
        3 => [.. Header.Signature, 0x21, 0x21, 0, 60],
        _ => Header.Signature,
    }));

    private static readonly Gen<int[]> Cuts = Gen.Int[1, 40].Array[1, 8];

    [Theory]
    [InlineData("PROXY TCP4 192.0.2.7 198.51.100.1 40001 25\r\n", "192.0.2.7:40001", "198.51.100.1:25")]
    [InlineData("PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n", "255.255.255.255:65535", "255.255.255.255:65535")]
    [InlineData("PROXY TCP4 0.0.0.0 0.0.0.0 0 0\r\n", "0.0.0.0:0", "0.0.0.0:0")]
    [InlineData("PROXY TCP6 2001:db8::7 2001:DB8::1 40001 25\r\n", "[2001:db8::7]:40001", "[2001:db8::1]:25")]
    [InlineData("PROXY TCP6 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n",
        "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535", "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535")]
    [InlineData("PROXY TCP6 ::ffff:192.0.2.7 ::ffff:c633:6401 1 2\r\n", "192.0.2.7:1", "198.51.100.1:2")]
    public void A_text_header_tells_both_ends(string header, string source, string destination) =>
        Assert.Equal(
            (ProxyHeaderStatus.Complete, ProxyHeader.Client(IPEndPoint.Parse(source), IPEndPoint.Parse(destination)), "EHLO x\r\n"),
            Take(Encoding.Latin1.GetBytes(header + "EHLO x\r\n")));

    [Theory]
    [InlineData("PROXY UNKNOWN\r\n")]
    [InlineData("PROXY UNKNOWN \r\n")]
    [InlineData("PROXY UNKNOWN ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n")] // 107 octets
    [InlineData("PROXY UNKNOWN what \r ever \n\r\n")]
    public void A_text_header_may_tell_of_nobody(string header) =>
        Assert.Equal((ProxyHeaderStatus.Complete, ProxyHeader.Unknown, "\r\n"), Take(Encoding.Latin1.GetBytes(header + "\r\n")));

    [Theory]
    [InlineData("PROXY\r\n")]
    [InlineData("PROXYTCP4 192.0.2.7 198.51.100.1 40001 25\r\n")]
    [InlineData("PROXY  TCP4 192.0.2.7 198.51.100.1 40001 25\r\n")]
    [InlineData("PROXY TCP4  192.0.2.7 198.51.100.1 40001 25\r\n")]
    [InlineData("PROXY TCP4 192.0.2.7 198.51.100.1 40001 25 \r\n")]
    [InlineData("PROXY TCP4 192.0.2.7 198.51.100.1 40001\r\n")]
    [InlineData("PROXY TCP4 192.0.2.7 198.51.100.1 40001 25 1\r\n")]
    [InlineData("PROXY TCP4\t192.0.2.7 198.51.100.1 40001 25\r\n")]
    [InlineData("PROXY tcp4 192.0.2.7 198.51.100.1 40001 25\r\n")]
    [InlineData("PROXY UDP4 192.0.2.7 198.51.100.1 40001 25\r\n")]
    [InlineData("PROXY UDP6 2001:db8::7 2001:db8::1 40001 25\r\n")]
    [InlineData("PROXY UNKNOWNS\r\n")]
    [InlineData("PROXY TCP4 192.0.2.07 198.51.100.1 40001 25\r\n")]
    [InlineData("PROXY TCP4 192.0.2 198.51.100.1 40001 25\r\n")]
    [InlineData("PROXY TCP4 0xC0.0.2.7 198.51.100.1 40001 25\r\n")]
    [InlineData("PROXY TCP4 192.0.2.256 198.51.100.1 40001 25\r\n")]
    [InlineData("PROXY TCP4 2001:db8::7 2001:db8::1 40001 25\r\n")]
    [InlineData("PROXY TCP6 192.0.2.7 198.51.100.1 40001 25\r\n")]
    [InlineData("PROXY TCP6 fe80::1%1 2001:db8::1 40001 25\r\n")]
    [InlineData("PROXY TCP6 [2001:db8::7] 2001:db8::1 40001 25\r\n")]
    [InlineData("PROXY TCP4 192.0.2.7 198.51.100.1 040001 25\r\n")]
    [InlineData("PROXY TCP4 192.0.2.7 198.51.100.1 65536 25\r\n")]
    [InlineData("PROXY TCP4 192.0.2.7 198.51.100.1 -1 25\r\n")]
    [InlineData("PROXY TCP4 192.0.2.7 198.51.100.1 40001 00\r\n")]
    [InlineData("PROXY TCP4 192.0.2.7 198.51.100.1 40001 25\n\r\n")]
    [InlineData("PROXY UNKNOWN ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 655350\r\n")] // 108 octets
    public void A_text_header_of_another_form_is_invalid(string header) =>
        Assert.Equal((ProxyHeaderStatus.Invalid, default, header), Take(Encoding.Latin1.GetBytes(header)));

    [Theory, InlineData("EHLO x\r\n"), InlineData("\r\nEHLO x\r\n"), InlineData("proxy TCP4"), InlineData("\x16\x03\x01"), InlineData("\r\n\r\n\0\r\nQUIT\r\n"), InlineData("PROX ")]
    public void What_begins_otherwise_is_no_header(string octets) =>
        Assert.Equal((ProxyHeaderStatus.Absent, default, octets), Take(Encoding.Latin1.GetBytes(octets)));

    [Theory, InlineData("192.0.2.7", "198.51.100.1"), InlineData("2001:db8::7", "2001:db8::1"), InlineData("::ffff:192.0.2.7", "::ffff:198.51.100.1")]
    public void A_binary_header_tells_both_ends(string source, string destination) =>
        Assert.Equal(
            (ProxyHeaderStatus.Complete, ProxyHeader.Client(new IPEndPoint(IPAddress.Parse(source), 40001), new IPEndPoint(IPAddress.Parse(destination), 25)), "EHLO"),
            Take([.. Header.Binary(source, destination), .. "EHLO"u8]));

    public static TheoryData<string, byte[]> Nobody => new()
    {
        { "local", Header.Binary(0x20, 0, []) },
        { "local, its block is discarded", Header.Binary(0x20, 0x11, [1, 2, 3]) },
        { "local, its family is ignored", Header.Binary(0x20, 0xFF, new byte[300]) },
        { "unspecified", Header.Binary(0x21, 0, []) },
        { "unspecified, its block is ignored", Header.Binary(0x21, 0, [1, 2, 3, 4, 5]) },
        { "transport unspecified", Header.Binary(0x21, 0x10, new byte[12]) },
        { "unix", Header.Binary(0x21, 0x31, [.. new byte[216], .. Header.Value(4, [])]) },
        { "the longest", Header.Binary(0x20, 0, new byte[4080]) },
    };

    [Theory, MemberData(nameof(Nobody))]
    public void A_binary_header_may_tell_of_nobody(string name, byte[] header) =>
        Assert.Equal(
            (ProxyHeaderStatus.Complete, name.StartsWith("local", StringComparison.Ordinal) || name == "the longest" ? ProxyHeader.Local : ProxyHeader.Unknown, "QUIT\r\n"),
            Take([.. header, .. "QUIT\r\n"u8]));

    public static TheoryData<string, byte[]> Broken => new()
    {
        { "version 1", Header.Binary(0x11, 0x11, new byte[12]) },
        { "version 3", Header.Binary(0x31, 0x11, new byte[12]) },
        { "command 2", Header.Binary(0x22, 0x11, new byte[12]) },
        { "family 4", Header.Binary(0x21, 0x41, new byte[216]) },
        { "transport 3", Header.Binary(0x21, 0x13, new byte[12]) },
        { "datagram", Header.Binary(0x21, 0x12, new byte[12]) },
        { "11 octets of IPv4", Header.Binary(0x21, 0x11, new byte[11]) },
        { "35 octets of IPv6", Header.Binary(0x21, 0x21, new byte[35]) },
        { "213 octets of UNIX", Header.Binary(0x21, 0x31, new byte[213]) },
        { "215 octets of UNIX", Header.Binary(0x21, 0x31, new byte[215]) },
        { "half a value", Header.Binary(values: [4, 0]) },
        { "a value past the end", Header.Binary(values: [4, 0, 2, 9]) },
        { "a checksum of 3 octets", Header.Binary(values: Header.Value(3, [0, 0, 0])) },
        { "a wrong checksum", Header.Binary(values: Header.Value(3, [1, 2, 3, 4])) },
        { "one octet longer than the longest", Header.Binary(0x20, 0, new byte[4081]) },
        { "the longest that can be declared", Header.Binary(0x20, 0, [], 65535) },
    };

    [Theory, MemberData(nameof(Broken))]
    public void A_binary_header_of_another_form_is_invalid(string name, byte[] header) =>
        Assert.Equal((name, ProxyHeaderStatus.Invalid, Header.Of(header)), (name, Take(header).Status, Take(header).Left));

    [Fact]
    public void The_checksum_of_a_header_is_that_of_its_specification()
    {
        // CRC32c of "123456789" is E3069283 (RFC 3720 appendix B.4 has the polynomial): the sum here is of a header, its own octets being zero.
        Assert.Equal(ProxyHeaderStatus.Complete, Take(Header.WithChecksum(Header.Binary(values: Header.Value(2, [.. "mx.test"u8])))).Status);
        Assert.Equal(0xE3069283, ~"123456789"u8.ToArray().Aggregate(uint.MaxValue, System.Numerics.BitOperations.Crc32C));
    }

    [Theory, InlineData(0), InlineData(1)]
    public void A_checksum_counts_all_that_is_behind_it(int flipped)
    {
        byte[] header = [.. Header.Binary(values: Header.Value(3, [0, 0, 0, 0])), .. Header.Value(0xE0, [0xFF])];
        header[15] = (byte)(header.Length - 16);
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(31), ~header.Aggregate(uint.MaxValue, BitOperations.Crc32C));
        header[^1] ^= (byte)flipped;

        Assert.Equal(flipped == 0 ? ProxyHeaderStatus.Complete : ProxyHeaderStatus.Invalid, Take(header).Status);
    }

    [Theory, InlineData(106, false), InlineData(107, true)]
    public void A_line_that_has_not_ended_at_its_longest_never_will(int octets, bool over) =>
        Assert.Equal(over ? ProxyHeaderStatus.Invalid : ProxyHeaderStatus.Incomplete, Take(Encoding.ASCII.GetBytes("PROXY UNKNOWN ".PadRight(octets, 'x'))).Status);

    [Fact]
    public void Any_flipped_bit_behind_the_lengths_is_found_by_the_checksum() =>
        Gen.Select(Pairs, Gen.Int[0, 7], Gen.Int[16, 10_000]).Sample(
            (pair, bit, at) =>
            {
                var header = Header.WithChecksum(Header.Binary($"{pair.Item1}", $"{pair.Item2}"));
                var whole = Take(header).Status == ProxyHeaderStatus.Complete;
                header[16 + at % (header.Length - 16 - 7)] ^= (byte)(1 << bit);
                return whole && Take(header).Status == ProxyHeaderStatus.Invalid;
            },
            iter: 2000);

    [Fact]
    public void What_is_written_is_read_on_any_split_and_nothing_beyond_is_taken() =>
        Gen.Select(Pairs, Gen.UShort, Gen.UShort, Values, Gen.Byte.Array[0, 30], Cuts).Sample(
            (pair, from, to, values, rest, cuts) =>
            {
                var (source, destination) = (new IPEndPoint(pair.Item1, from), new IPEndPoint(pair.Item2, to));
                var expected = (ProxyHeaderStatus.Complete, ProxyHeader.Client(source, destination), Header.Of(rest));
                var text = Encoding.ASCII.GetBytes(Header.Text($"{pair.Item1}", $"{pair.Item2}", from, to));
                var binary = Header.WithChecksum(Header.Binary($"{pair.Item1}", $"{pair.Item2}", from, to, values));
                return Take([.. text, .. rest], cuts) == expected && Take([.. binary, .. rest], cuts) == expected;
            },
            iter: 2000);

    [Fact]
    public void Every_true_front_of_a_header_is_incomplete() =>
        Gen.Select(Pairs, Values, Gen.Int[0, 10_000], Cuts).Sample(
            (pair, values, at, cuts) =>
            {
                var text = Encoding.ASCII.GetBytes(Header.Text($"{pair.Item1}", $"{pair.Item2}"));
                var binary = Header.Binary($"{pair.Item1}", $"{pair.Item2}", values: values);
                return Take(text[..(at % text.Length)], cuts).Status == ProxyHeaderStatus.Incomplete
                    && Take(binary[..(at % binary.Length)], cuts).Status == ProxyHeaderStatus.Incomplete;
            },
            iter: 2000);

    [Fact]
    public void Any_octets_behind_a_signature_are_judged_the_same_on_any_split_and_nothing_is_taken_unless_it_is_a_header() =>
        Gen.Select(Fronts, Gen.Byte.Array[0, 300], Cuts).Sample(
            (front, octets, cuts) =>
            {
                byte[] all = [.. front, .. octets];
                var whole = Take(all);
                return whole == Take(all, cuts) && (whole.Status == ProxyHeaderStatus.Complete || whole.Left.Length == all.Length);
            },
            iter: 5000);

    private static (ProxyHeaderStatus Status, ProxyHeader Header, string Left) Take(byte[] octets, int[]? cuts = null)
    {
        var input = new ReadOnlySequence<byte>(octets);
        if (cuts is not null)
            input = Split(octets, cuts);
        var status = ProxyHeaderParser.TryTake(ref input, out var header);
        return (status, status == ProxyHeaderStatus.Complete ? header : default, Header.Of(input.ToArray()));
    }

    private static ReadOnlySequence<byte> Split(byte[] octets, int[] cuts)
    {
        var input = ReadOnlySequence<byte>.Empty;
        var at = 0;
        for (var i = 0; at < octets.Length; i++)
        {
            var length = Math.Min(cuts[i % cuts.Length], octets.Length - at);
            input = Segments.Join(input, octets.AsMemory(at, length));
            at += length;
        }

        return input;
    }
}
