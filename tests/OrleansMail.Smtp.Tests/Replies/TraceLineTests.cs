using System.Net;

namespace OrleansMail.Smtp.Tests.Replies;

/// <summary>The Received line (RFC 5321 §4.4) by what is known of a session.</summary>
public sealed class TraceLineTests
{
    private static readonly DateTimeOffset At = new(2024, 11, 2, 3, 4, 5, TimeSpan.FromHours(-3.5));

    [Theory]
    [InlineData(null, "a.test", false, "from a.test\r\n\tby mx.test with SMTP id 1\r\n\tfor <ok@x.test>;\r\n\tSat, 02 Nov 2024 03:04:05 -0330\r\n")]
    [InlineData("192.0.2.1", "a.test", true, "from a.test ([192.0.2.1])\r\n\tby mx.test with ESMTP id 1\r\n\tfor <ok@x.test>;\r\n\tSat, 02 Nov 2024 03:04:05 -0330\r\n")]
    [InlineData("::ffff:192.0.2.1", null, true, "from unknown ([192.0.2.1])\r\n\tby mx.test with ESMTP id 1\r\n\tfor <ok@x.test>;\r\n\tSat, 02 Nov 2024 03:04:05 -0330\r\n")]
    [InlineData("fe80::1%5", "[IPv6:::1]", true, "from [IPv6:::1] ([IPv6:fe80::1])\r\n\tby mx.test with ESMTP id 1\r\n\tfor <ok@x.test>;\r\n\tSat, 02 Nov 2024 03:04:05 -0330\r\n")]
    public void It_names_the_client_the_server_and_the_time(string? peer, string? helo, bool extended, string field)
    {
        var session = new SmtpSessionContext
        {
            Id = "1",
            HostName = "mx.test",
            Helo = helo,
            IsExtended = extended,
            RemoteEndPoint = peer is null ? null : new IPEndPoint(IPAddress.Parse(peer), 1),
        };
        var transaction = new SmtpTransaction { Session = session, ReversePath = SmtpPath.Null };

        Assert.Equal("Received: " + field, Text.Of(ReceivedHeader.Create(transaction, [new SmtpRecipient(new("ok", "x.test", "ok@x.test"), null!)], "1", At)));
    }

    [Theory, InlineData(" ~", " ~"), InlineData("\u001f\u007f\t\n", "????"), InlineData("", "")]
    public void What_could_end_or_extend_the_line_is_replaced_everywhere(string text, string clean)
    {
        var session = new SmtpSessionContext { Id = "1", HostName = $"mx{text}", Helo = $"a{text}b" };
        var transaction = new SmtpTransaction { Session = session, ReversePath = SmtpPath.Null };
        var field = Text.Of(ReceivedHeader.Create(transaction, [new SmtpRecipient(new("ok", "x.test", $"ok{text}@x.test"), null!)], $"i{text}d", At));

        Assert.StartsWith($"Received: from a{clean}b\r\n\tby mx{clean} with SMTP id i{clean}d\r\n\tfor <ok{clean}@x.test>;\r\n\t", field);
    }
}
