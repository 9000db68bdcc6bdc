using System.Security.Cryptography;
using System.Text;
using CsCheck;
using OrleansMail.Contracts.Messages;
using OrleansMail.Server.Gateway.Payloads;

namespace OrleansMail.Server.Tests.Gateway;

/// <summary>What is found in a message while it passes: hashes and header fields, however the octets are split.</summary>
public sealed class PayloadScanningTests
{
    // Lines that meet every branch: trace fields, folds, obsolete spacing, bare line feeds and carriage returns, long values.
    private static readonly string[] Lines =
    [
        "Received: from a\r\n", "received: by b\r\n", "Return-Path: <x>\r\n", "ARC-Seal: i=1\r\n", "Authentication-Results: c; none\r\n",
        " folded\r\n", "\tfolded\r\n", "Subject: hello\r\n", "subject : again\r\n", "From: a@b\r\n", "Message-ID: <1@x>\r\n", "X-Very-Long-Name-That-Nobody-Keeps: v\r\n",
        "To:\r\n", "Date: bare\rreturn\r\n", "References: " + new string('r', 3000) + "\r\n", "List-Id: bare\n", "no colon here\r\n", ":\r\n", "\r\n", "body\r\n", "\n",
    ];

    private static readonly Gen<byte[]> Message =
        Gen.Int[0, Lines.Length - 1].Array[0, 12].Select(lines => Encoding.ASCII.GetBytes(string.Concat(lines.Select(i => Lines[i]))));

    [Fact]
    public void Any_split_gives_the_same_hashes_and_headers() =>
        Gen.Select(Message, Gen.Int[1, 40].Array[1, 30]).Sample((message, sizes) =>
        {
            var (hashes, headers) = Scan([message]);
            var (splitHashes, splitHeaders) = Scan(Split(message, sizes));
            Assert.Equal(hashes.Raw.ToArray(), splitHashes.Raw.ToArray());
            Assert.Equal(hashes.Content.ToArray(), splitHashes.Content.ToArray());
            Assert.Equal(hashes.Repeat, splitHashes.Repeat.ToArray());
            Assert.Equal(headers, splitHeaders);
        }, iter: 2000);

    [Fact]
    public void A_scan_that_is_used_again_remembers_nothing_of_what_it_saw_before() =>
        Gen.Select(Message, Message, Gen.Bool).Sample((before, message, finished) =>
        {
            var (hashes, headers) = Scan([message]);
            using var scan = new PayloadScan();
            scan.Digest.AppendTrace("Received: before\r\n"u8);
            scan.Append(before);
            if (finished)
                _ = (scan.Digest.Finish(), scan.Headers.Finish());

            Assert.True(scan.TryReset());
            var (again, headersAgain) = Scan(scan, [message]);

            Assert.Equal(hashes.Raw.ToArray(), again.Raw.ToArray());
            Assert.Equal(hashes.Content.ToArray(), again.Content.ToArray());
            Assert.Equal(hashes.Repeat.ToArray(), again.Repeat.ToArray());
            Assert.Equal(headers, headersAgain);
        }, iter: 1000);

    [Fact]
    public void Raw_is_hashed_with_the_trace_lines_and_content_without()
    {
        using var digest = new ContentDigest();
        digest.AppendTrace("Received: here\r\n"u8);
        digest.AppendContent("Subject: x\r\n\r\nbody\r\n"u8);
        var hashes = digest.Finish();

        Assert.Equal(SHA256.HashData("Received: here\r\nSubject: x\r\n\r\nbody\r\n"u8), hashes.Raw.ToArray());
        Assert.Equal(SHA256.HashData("Subject: x\r\n\r\nbody\r\n"u8), hashes.Content.ToArray());
    }

    [Theory]
    [InlineData("Received: from a\r\n\tby b\r\nReturn-Path: <x>\r\nARC-Seal: i=1\r\nAuthentication-Results: c; none\r\n", "Subject: x\r\n\r\nbody\r\n")]
    [InlineData("RECEIVED : from a\r\n", "Received-SPF: pass\r\n\r\n")]
    [InlineData("", "Subject: x\r\nReceived: below, so it counts\r\n\r\n")]
    [InlineData("", " folded without a field\r\nReceived: x\r\n")]
    [InlineData("Received: all there is\r\n", "")]
    [InlineData("Received: x\r\n", "Sub")]
    public void A_repeat_is_told_by_what_lies_below_the_top_trace_fields(string trace, string rest) =>
        Assert.Equal(SHA256.HashData(Encoding.ASCII.GetBytes(rest)), Scan([Encoding.ASCII.GetBytes(trace + rest)]).Hashes.Repeat.ToArray());

    [Fact]
    public void An_endless_trace_block_counts_as_content_beyond_its_bound()
    {
        var message = Encoding.ASCII.GetBytes("Received: " + new string('x', 70_000));

        Assert.Equal(SHA256.HashData(message.AsSpan(64 * 1024)), Scan([message]).Hashes.Repeat.ToArray());
    }

    [Theory]
    [InlineData("Subject: first\r\nSubject: second\r\n\r\n", "Subject= first")]
    [InlineData("subject : spaced\r\n\r\n", "Subject= spaced")]
    [InlineData("Subject: a\r\n b\r\n\tc\r\n\r\n", "Subject= a b\tc")]
    [InlineData("Subject: a\r\n\r\nFrom: in the body\r\n", "Subject= a")]
    [InlineData("Subject: cut\r", "Subject= cut")]
    [InlineData("Subject: lone\rreturn\r\n\r\n", "Subject= lone\rreturn")]
    [InlineData("not a field\r\nSubject: x\r\n", "")]
    [InlineData("To: a\r\nDate: b\r\nMessage-Id: <c>\r\nX: d\r\n\r\n", "To= a|Date= b|MessageId= <c>")]
    public void The_first_field_of_each_kept_name_is_kept_unfolded(string message, string expected) =>
        Assert.Equal(expected, string.Join('|', Scan([Encoding.ASCII.GetBytes(message)]).Headers));

    [Fact]
    public void A_value_is_kept_up_to_its_bound_and_the_next_field_is_found()
    {
        var headers = Scan([Encoding.ASCII.GetBytes($"Subject:{new string('s', 5000)}\r\n more\r\nFrom: a\r\n\r\n")]).Headers;

        Assert.Equal([$"Subject={new string('s', HeaderField.MaxValue)}", "From= a"], headers);
    }

    [Fact]
    public void A_header_beyond_the_scanned_block_is_not_looked_for()
    {
        var message = Encoding.ASCII.GetBytes($"X: {new string('x', 256 * 1024)}\r\nSubject: late\r\n\r\n");

        Assert.Empty(Scan([message]).Headers);
    }

    private static (ContentHashes Hashes, string[] Headers) Scan(IEnumerable<byte[]> pieces)
    {
        using var scan = new PayloadScan();
        return Scan(scan, pieces);
    }

    private static (ContentHashes Hashes, string[] Headers) Scan(PayloadScan scan, IEnumerable<byte[]> pieces)
    {
        foreach (var piece in pieces)
            scan.Append(piece);
        return (scan.Digest.Finish(), [.. scan.Headers.Finish().Select(h => $"{h.Name}={Encoding.ASCII.GetString(h.Value.Span)}")]);
    }

    private static IEnumerable<byte[]> Split(byte[] message, int[] sizes)
    {
        for (int at = 0, i = 0; at < message.Length; i++)
        {
            var length = Math.Min(sizes[i % sizes.Length], message.Length - at);
            yield return message[at..(at + length)];
            at += length;
        }
    }
}
