using System.IO.Pipelines;
using System.Net;
using System.Text;
using OrleansMail.Smtp.Authentication;
using OrleansMail.Testing.Smtp;

namespace OrleansMail.Smtp.Tests.Authentication;

public sealed class AuthTests
{
    private static readonly string Plain = Secured.Base64("\0carol\0secret");
    private static readonly string Wrong = Secured.Base64("\0carol\0guess");

    [Fact]
    public async Task Under_TLS_it_is_offered_and_PLAIN_with_an_initial_response_names_the_client()
    {
        await using var secured = new Secured();
        await using var client = await secured.GreetAsync();
        Assert.Contains("AUTH PLAIN LOGIN", await client.AskAsync("EHLO a.test"));

        Assert.Equal("235 2.7.0 Authentication succeeded", await client.AskAsync("AUTH PLAIN " + Plain));
        Assert.Equal(["anonymous", "carol"], secured.Identities);
        await client.BeginDataAsync();
        await client.SendAsync("Subject: x\r\n\r\n.\r\n");
        Assert.StartsWith("250", await client.ReadReplyAsync());
        Assert.Contains("with ESMTPSA ", Text.Of(secured.Engine.Delivery.Messages[0].Trace));
    }

    [Fact]
    public async Task Before_the_greeting_of_lmtp_its_greeting_is_asked_for()
    {
        await using var secured = new Secured();
        await using var client = Conversation.Start(secured.Engine.Server, null, new SmtpListenerOptions { Auth = true, Lmtp = true });
        await client.ReadReplyAsync();

        Assert.Equal("503 5.5.1 Send LHLO first", await client.AskAsync("AUTH PLAIN " + Plain));
    }

    [Theory, InlineData("AUTH PLAIN"), InlineData("auth plain "), InlineData("Auth\tPlain")]
    public async Task PLAIN_without_an_initial_response_is_asked_for_it(string line)
    {
        await using var secured = new Secured();
        await using var client = await secured.GreetAsync();

        Assert.Equal("334 ", await client.AskAsync(line));
        Assert.StartsWith("235 2.7.0", await client.AskAsync(Plain));
    }

    [Theory, InlineData("AUTH LOGIN", true), InlineData("AUTH LOGIN Y2Fyb2w=", false)]
    public async Task LOGIN_asks_for_name_and_password(string line, bool asksName)
    {
        await using var secured = new Secured();
        await using var client = await secured.GreetAsync();
        var challenge = await client.AskAsync(line);
        if (asksName)
        {
            Assert.Equal("334 VXNlcm5hbWU6", challenge);
            challenge = await client.AskAsync("Y2Fyb2w=");
        }

        Assert.Equal("334 UGFzc3dvcmQ6", challenge);
        Assert.StartsWith("235 2.7.0", await client.AskAsync("c2VjcmV0"));
        Assert.Equal(new SmtpCredentials("", "carol", "secret"), Assert.Single(secured.Asked));
    }

    [Fact]
    public async Task An_equals_sign_is_an_empty_name()
    {
        await using var secured = new Secured();
        await using var client = await secured.GreetAsync();

        Assert.Equal("334 UGFzc3dvcmQ6", await client.AskAsync("AUTH LOGIN ="));
        Assert.StartsWith("535 5.7.8", await client.AskAsync("c2VjcmV0"));
    }

    [Fact]
    public async Task Each_response_has_the_time_of_a_command()
    {
        await using var secured = new Secured();
        await using var client = await secured.GreetAsync();
        foreach (var (line, code) in new[] { ("AUTH LOGIN", "334"), ("Y2Fyb2w=", "334"), ("c2VjcmV0", "235") })
        {
            await secured.Engine.AdvanceUntilAsync(client.Completion, TimeSpan.FromMinutes(4));
            Assert.StartsWith(code, await client.AskAsync(line));
        }
    }

    [Fact]
    public async Task Pipelined_responses_are_taken_in_order()
    {
        await using var secured = new Secured();
        await using var client = await secured.GreetAsync();
        await client.SendAsync("AUTH LOGIN\r\nY2Fyb2w=\r\nc2VjcmV0\r\nNOOP\r\n");

        foreach (var code in new[] { "334", "334", "235", "250" })
            Assert.StartsWith(code, await client.ReadReplyAsync());
    }

    [Theory, InlineData(false, true, true, "502 5.5.1"), InlineData(true, false, true, "502 5.5.1"), InlineData(true, true, false, "538 5.7.11")]
    public async Task Where_it_is_not_offered_it_is_not_there(bool listener, bool authenticator, bool tls, string answer)
    {
        await using var secured = new Secured(tls, options => options.Authenticator = authenticator ? options.Authenticator : null);
        await using var client = await Conversation.GreetAsync(secured.Engine.Server, null, new SmtpListenerOptions { Auth = listener });

        Assert.DoesNotContain("AUTH", await client.AskAsync("EHLO a.test"));
        Assert.StartsWith(answer, await client.AskAsync("AUTH PLAIN " + Plain));
        Assert.StartsWith(answer, await client.AskAsync("AUTH LOGIN"));
        Assert.StartsWith("250", await client.AskAsync("NOOP"));
        Assert.Empty(secured.Asked);
    }

    [Theory]
    [InlineData("AUTH", "501 5.5.4")]
    [InlineData("AUTH CRAM-MD5", "504 5.5.4")]
    [InlineData("AUTH PLAINER AGNhcm9sAHNlY3JldA==", "504 5.5.4")]
    [InlineData("AUTH PLAIN =", "501 5.5.2")]
    [InlineData("AUTH PLAIN ====", "501 5.5.2")]
    [InlineData("AUTH PLAIN AGNhcm9sAHNlY3JldA", "501 5.5.2")]
    [InlineData("AUTH PLAIN AGNhcm9sAHNlY3JldA=", "501 5.5.2")]
    [InlineData("AUTH PLAIN AGNhcm9sAHNlY3JldA== x", "501 5.5.2")]
    [InlineData("AUTH PLAIN AGNh cm9sAHNlY3JldA==", "501 5.5.2")]
    [InlineData("AUTH PLAIN =AGNhcm9sAHNlY3JldA=", "501 5.5.2")]
    [InlineData("AUTH PLAIN AGNhcm9s!HNlY3JldA==", "501 5.5.2")]
    [InlineData("AUTH PLAIN *", "501 5.5.2")]
    [InlineData("AUTH PLAIN Y2Fyb2w=", "501 5.5.2")] // no NUL
    [InlineData("AUTH PLAIN AGNhcm9s", "501 5.5.2")] // one NUL
    [InlineData("AUTH PLAIN AGNhcm9sAHNlYwByZXQ=", "501 5.5.2")] // three
    [InlineData("AUTH PLAIN AGNhcm9sAA==", "535 5.7.8")] // an empty password
    [InlineData("AUTH PLAIN AABzZWNyZXQ=", "535 5.7.8")] // an empty name
    [InlineData("AUTH PLAIN AP8AcGFzcw==", "535 5.7.8")] // a name that is not UTF-8
    public async Task What_is_ill_formed_never_reaches_the_authenticator(string line, string answer)
    {
        await using var secured = new Secured();
        await using var client = await secured.GreetAsync();

        Assert.StartsWith(answer, await client.AskAsync(line));
        Assert.Empty(secured.Asked);
        Assert.StartsWith("235", await client.AskAsync("AUTH PLAIN " + Plain));
    }

    [Theory, InlineData("*", "501 5.7.0"), InlineData("", "501 5.5.2"), InlineData("!", "501 5.5.2"), InlineData(" AGNhcm9sAHNlY3JldA==", "501 5.5.2"), InlineData("AGNhcm9sAHNlY3JldA==\0", "501 5.5.2"),
        InlineData("AGNh\rcm9sAHNlY3JldA==", "501 5.5.2"), InlineData("RSET", "501 5.5.2")]
    public async Task An_exchange_ends_with_what_is_no_response(string response, string answer)
    {
        await using var secured = new Secured();
        await using var client = await secured.GreetAsync();
        await client.AskAsync("AUTH PLAIN");

        Assert.StartsWith(answer, await client.AskAsync(response));
        Assert.StartsWith("250", await client.AskAsync("NOOP"));
        Assert.Empty(secured.Asked);
    }

    [Theory, InlineData("*", "501 5.7.0"), InlineData("Y2EAcm9s", "501 5.5.2")]
    public async Task LOGIN_can_be_cancelled_and_takes_no_NUL(string password, string answer)
    {
        await using var secured = new Secured();
        await using var client = await secured.GreetAsync();
        await client.AskAsync("AUTH LOGIN Y2Fyb2w=");

        Assert.StartsWith(answer, await client.AskAsync(password));
        Assert.Empty(secured.Asked);
    }

    [Fact]
    public async Task Names_are_UTF8_and_the_authenticator_sees_as_whom_the_client_wants_to_act()
    {
        await using var secured = new Secured();
        await using var client = await secured.GreetAsync();

        Assert.StartsWith("535 5.7.8", await client.AskAsync("AUTH PLAIN " + Secured.Base64("dora\0cärol\0pässword")));
        Assert.Equal(new SmtpCredentials("dora", "cärol", "pässword"), Assert.Single(secured.Asked));
        Assert.Equal("cärol", secured.Asked[0].ToString());
    }

    [Theory, InlineData(255, 1024, true), InlineData(256, 1024, false), InlineData(255, 1025, false)]
    public async Task Name_and_password_are_bounded(int name, int password, bool asked)
    {
        await using var secured = new Secured();
        await using var client = await secured.GreetAsync();

        Assert.StartsWith("535 5.7.8", await client.AskAsync("AUTH PLAIN " + Secured.Base64($"\0{new string('n', name)}\0{new string('p', password)}")));
        Assert.Equal(asked ? 1 : 0, secured.Asked.Count);
    }

    [Theory, InlineData(12287, "501 5.5.2"), InlineData(12288, "501 5.5.2"), InlineData(12289, "500 5.5.6")]
    public async Task A_command_and_a_response_may_have_12288_octets(int octets, string answer)
    {
        await using var secured = new Secured();
        await using var client = await secured.GreetAsync();

        Assert.StartsWith(answer, await client.AskAsync("AUTH PLAIN !" + new string('A', octets - 2 - 12)));
        Assert.StartsWith("250", await client.AskAsync("NOOP"));
        Assert.StartsWith("334", await client.AskAsync("auth plain"));
        Assert.StartsWith(answer, await client.AskAsync("!" + new string('A', octets - 2 - 1)));
        Assert.StartsWith("250", await client.AskAsync("NOOP"));
    }

    [Theory, InlineData(1076, "250"), InlineData(1077, "500 5.5.2")]
    public async Task Other_commands_keep_their_limit(int octets, string answer)
    {
        await using var secured = new Secured();
        await using var client = await secured.GreetAsync();

        Assert.StartsWith(answer, await client.AskAsync("NOOP " + new string('x', octets - 7)));
        Assert.StartsWith("250", await client.AskAsync("NOOP"));
    }

    [Fact]
    public async Task Without_AUTH_on_the_listener_its_line_has_the_limit_of_any_other()
    {
        await using var secured = new Secured();
        await using var client = await Conversation.GreetAsync(secured.Engine.Server);

        Assert.StartsWith("502 5.5.1", await client.AskAsync("AUTH PLAIN " + new string('A', 1076 - 13)));
        Assert.StartsWith("500 5.5.2", await client.AskAsync("AUTH PLAIN " + new string('A', 1077 - 13)));
    }

    [Fact]
    public async Task An_endless_response_is_answered_once_and_discarded()
    {
        await using var secured = new Secured();
        await using var client = await secured.GreetAsync();
        await client.AskAsync("AUTH PLAIN");
        for (var i = 0; i < 200; i++)
            await client.SendAsync(new string('A', 1000));

        Assert.StartsWith("500 5.5.6", await client.ReadReplyAsync());
        Assert.StartsWith("250", await client.AskAsync("\r\nNOOP"));
    }

    [Fact]
    public async Task It_needs_a_greeting_and_no_transaction_and_succeeds_once()
    {
        await using var secured = new Secured();
        await using var client = Conversation.Start(secured.Engine.Server, null, Secured.Listener);
        await client.ReadReplyAsync();
        Assert.StartsWith("503 5.5.1", await client.AskAsync("AUTH PLAIN " + Plain));
        await client.AskAsync("EHLO a.test");
        await client.AskAsync("MAIL FROM:<c@d.test>");
        Assert.StartsWith("503 5.5.1", await client.AskAsync("AUTH PLAIN " + Plain));
        await client.AskAsync("RCPT TO:<ok@example.test>");
        Assert.StartsWith("503 5.5.1", await client.AskAsync("AUTH PLAIN"));
        Assert.StartsWith("354", await client.AskAsync("DATA"));
        Assert.StartsWith("250", await client.AskAsync("."));
        Assert.StartsWith("235 2.7.0", await client.AskAsync("AUTH PLAIN " + Plain));

        Assert.Equal("503 5.5.1 Already authenticated", await client.AskAsync("AUTH PLAIN " + Plain));
        Assert.StartsWith("250", await client.AskAsync("EHLO a.test"));
        Assert.StartsWith("503 5.5.1", await client.AskAsync("AUTH LOGIN"));
    }

    [Fact]
    public async Task Wrong_credentials_are_told_three_times()
    {
        await using var secured = new Secured();
        await using var client = await secured.GreetAsync();
        for (var i = 0; i < 3; i++)
            Assert.Equal("535 5.7.8 Authentication credentials invalid", await client.AskAsync("AUTH PLAIN " + Wrong));

        Assert.StartsWith("421 4.7.0", await client.AskAsync("AUTH PLAIN " + Wrong));
        Assert.Equal("", await client.ReadReplyAsync());
        Assert.Equal(["anonymous"], secured.Identities);
    }

    [Fact]
    public async Task Three_mistakes_do_not_keep_the_right_password_out()
    {
        await using var secured = new Secured();
        await using var client = await secured.GreetAsync();
        for (var i = 0; i < 3; i++)
            await client.AskAsync("AUTH PLAIN " + Wrong);

        Assert.StartsWith("235", await client.AskAsync("AUTH PLAIN " + Plain));
    }

    [Fact]
    public async Task Wrong_credentials_count_as_errors()
    {
        await using var secured = new Secured(configure: options => options.MaxErrors = 1);
        await using var client = await secured.GreetAsync();
        Assert.StartsWith("535", await client.AskAsync("AUTH PLAIN " + Wrong));

        Assert.StartsWith("421 4.7.0 mx.example.test Too many errors", await client.AskAsync("AUTH PLAIN " + Wrong));
    }

    [Theory, InlineData(true, false), InlineData(false, true)]
    public async Task What_cannot_be_decided_is_a_matter_of_later_and_leaves_the_client_anonymous(bool authenticator, bool delivery)
    {
        await using var secured = new Secured();
        await using var client = await secured.GreetAsync();
        (secured.Fails, secured.DeliveryFails) = (authenticator, delivery);
        for (var i = 0; i < 5; i++)
            Assert.StartsWith("454 4.7.0", await client.AskAsync("AUTH PLAIN " + Plain));
        (secured.Fails, secured.DeliveryFails) = (false, false);

        Assert.StartsWith("235 2.7.0", await client.AskAsync("AUTH PLAIN " + Plain));
        Assert.Equal(["anonymous", "carol"], secured.Identities);
    }

    [Fact]
    public async Task A_response_that_never_comes_is_waited_for_as_a_command_is()
    {
        await using var secured = new Secured();
        await using var client = await secured.GreetAsync();
        await client.AskAsync("AUTH PLAIN");
        var reply = client.ReadReplyAsync();

        Assert.InRange(await secured.Engine.AdvanceUntilAsync(reply, TimeSpan.FromMinutes(10)), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(5.1));
        Assert.StartsWith("421 4.4.2", await reply);
    }

    [Fact]
    public async Task A_drain_ends_an_exchange()
    {
        await using var secured = new Secured();
        await using var client = await secured.GreetAsync();
        await client.AskAsync("AUTH PLAIN");
        await secured.Engine.Server.DrainAsync(CancellationToken.None);

        Assert.StartsWith("421 4.3.2", await client.ReadToEndAsync());
    }

    [Fact]
    public async Task The_client_that_XCLIENT_tells_is_anonymous_and_may_authenticate()
    {
        await using var secured = new Secured(configure: options => options.TrustedProxies.Add(IPNetwork.Parse("10.0.0.0/8")));
        await using var client = Conversation.Start(secured.Engine.Server, IPEndPoint.Parse("10.0.0.9:1"), Secured.Listener);
        await client.SendAsync("EHLO proxy.test\r\n");
        await client.ReadReplyAsync();
        await client.ReadReplyAsync();
        Assert.StartsWith("235", await client.AskAsync("AUTH PLAIN " + Plain));
        Assert.StartsWith("220", await client.AskAsync("XCLIENT ADDR=192.0.2.7 LOGIN=carol"));
        await client.AskAsync("EHLO a.test");

        Assert.Equal(["anonymous", "carol", "anonymous"], secured.Identities);
        Assert.StartsWith("235", await client.AskAsync("AUTH PLAIN " + Plain));
    }

    [Fact]
    public async Task A_reply_is_seen_by_the_delivery_that_took_the_message()
    {
        MemoryDelivery[] deliveries = [new(), new()];
        await using var secured = new Secured(deliveries: deliveries);
        await using var client = await secured.GreetAsync();
        await client.BeginDataAsync();
        await client.SendAsync("Subject: x\r\n\r\n.\r\nAUTH PLAIN " + Plain + "\r\n");
        Assert.StartsWith("250", await client.ReadReplyAsync());
        Assert.StartsWith("235", await client.ReadReplyAsync());
        await client.AskAsync("NOOP");

        Assert.Equal((1, 0), (deliveries[0].Seen, deliveries[1].Seen));
    }

    [Theory, InlineData(1), InlineData(7), InlineData(4096)]
    public async Task No_buffer_of_the_input_holds_the_password_afterwards(int piece)
    {
        await using var secured = new Secured();
        var input = new RecordingReader(Encoding.ASCII.GetBytes($"EHLO a.test\r\nAUTH PLAIN {Wrong}\r\nAUTH PLAIN\r\n{Plain}\r\nQUIT\r\n"), piece);
        await secured.Engine.Server.RunAsync(new DuplexPipe(input, PipeWriter.Create(Stream.Null)), null, null, Secured.Listener);

        Assert.Equal(2, secured.Asked.Count);
        Assert.DoesNotContain(Wrong[4..], input.Memory);
        Assert.DoesNotContain(Plain[4..], input.Memory);
        Assert.Contains("QUIT", input.Memory);
    }

    /// <summary>Gives its octets in pieces, each a segment of its own, and lets the test see afterwards what became of them.</summary>
    private sealed class RecordingReader(byte[] octets, int piece) : PipeReader
    {
        private System.Buffers.ReadOnlySequence<byte> _given;
        private int _shown;
        private int _taken;

        public string Memory => Encoding.ASCII.GetString(octets);

        public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
        {
            _shown = Math.Min(_shown + piece, octets.Length);
            _given = System.Buffers.ReadOnlySequence<byte>.Empty;
            for (var at = _taken; at < _shown; at += piece)
                _given = Segments.Join(_given, octets.AsMemory(at, Math.Min(piece, _shown - at)));
            return new(new ReadResult(_given, isCanceled: false, isCompleted: _shown == octets.Length));
        }

        public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => _taken += (int)_given.Slice(0, consumed).Length;

        public override bool TryRead(out ReadResult result)
        {
            result = default;
            return false;
        }

        public override void CancelPendingRead()
        {
        }

        public override void Complete(Exception? exception = null)
        {
        }
    }
}
