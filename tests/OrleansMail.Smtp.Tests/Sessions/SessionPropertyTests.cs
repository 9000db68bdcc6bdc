using System.Text.RegularExpressions;
using CsCheck;
using OrleansMail.Smtp.Tests.Authentication;
using OrleansMail.Smtp.Tests.Proxy;
using OrleansMail.Testing.Processes;
using OrleansMail.Testing.Smtp;

namespace OrleansMail.Smtp.Tests.Sessions;

/// <summary>Well-formed commands in any order, on any listener, pipelined or not, in any pieces: each is answered as it must be, and what was accepted is stored and nothing else.</summary>
public sealed partial class SessionPropertyTests
{
    private const int MaxMessage = 120;

    private static readonly long Iterations = Repository.LongTests ? 20_000 : 250;

    private static readonly string[] Contents =
        ["", "a: b\r\n\r\nx\r\n", ".\r\n", "..\r\n.x\r\n\r\n", "a\nb\r\n", "\r\r\n", "\r\n", "BDAT 9\r\nQUIT\r\n", $"{new string('y', MaxMessage)}\r\n"];

    private static readonly string[] Names = ["ok", "ok2", "okfull", "no"];

    private static readonly (string Address, string Literal)[] Addresses = [("192.0.2.33", "[192.0.2.33]"), ("IPV6:2001:db8::7", "[IPv6:2001:db8::7]")];

    private static readonly Gen<Step> Steps = Gen.Select(Gen.Int[0, 35], Gen.Int[0, 71], Gen.Bool, Gen.Int[1, 90]).Select((verb, choice, waits, pieces) => new Step(verb, choice, waits, pieces));

    private static readonly Gen<Plan> Plans =
        Gen.Select(Gen.Bool, Gen.Bool, Gen.Bool, Gen.Bool, Gen.Int[0, 5], Steps.Array[5, 40])
            .Select((lmtp, auth, rejects, requires, front, steps) => new Plan(lmtp, auth, rejects, requires, front, steps));

    [Fact]
    public Task Any_order_of_commands_on_any_listener_is_answered_and_stored_as_it_must_be() =>
        Plans.SampleAsync(PlayAsync, iter: Iterations, threads: 1, print: static plan => plan.ToString());

    private static async Task PlayAsync(Plan plan)
    {
        await using var users = new Secured();
        await using var trusting = new Trusting(options =>
        {
            options.OfferTls();
            options.Authenticator = users;
            options.MaxMessageBytes = MaxMessage;
            (options.MaxErrors, options.MaxUnknownRecipients) = (0, 0);
        });
        var delivery = trusting.Engine.Delivery;
        delivery.OnRecipient = (_, path) => new(path.LocalPart == "okfull" ? RecipientDecision.Accept(delivery.Sink(1)) : null);
        delivery.OnComplete = static message => new(message.Route == 0 ? null : new SmtpReply(452, new(4, 2, 2), "Full"));
        await using var client = new PipedClient(trusting.Engine.Server, plan.IsStranger ? Trusting.Stranger : Trusting.Proxy, plan.Listener);
        var expected = await OpenAsync(client, plan);
        await FollowAsync(client, expected, plan.Steps);
        await client.EndAsync();
        Assert.Empty(await client.ReadReplyAsync());
        Assert.Equal(0, delivery.OpenSinks);
        Assert.Equal(expected.Stored, delivery.Messages.Select(Shown));
    }

    private static async Task<ExpectedSession> OpenAsync(PipedClient client, Plan plan)
    {
        var (header, told, literal) = plan.Front switch
        {
            0 or 1 => ("", true, "[10.0.0.9]"),
            2 => (Header.Text(), false, "[192.0.2.7]"),
            3 => (Header.Of(Header.Binary("2001:db8::9", "2001:db8::1")), false, "[IPv6:2001:db8::9]"),
            4 => (Header.Text("10.0.0.8"), true, "[10.0.0.8]"),
            _ => (Header.Text(), false, "[203.0.113.5]"),
        };
        // A peer that may send a header and does not is known by its first command.
        await client.SendAsync(header.Length == 0 ? "NOOP\r\n" : header, plan.Steps[0].Pieces);
        var isRefused = plan.Listener.RequireProxy && (header.Length == 0 || plan.IsStranger);
        var expected = new ExpectedSession(plan.Listener, MaxMessage) { MayTellClient = told, Client = literal };
        await JudgeAsync(client, isRefused ? [] : header.Length == 0 ? [220, 250] : plan.IsStranger ? [220, 500] : [220]);
        return isRefused ? expected.Refused() : expected;
    }

    private static async Task FollowAsync(PipedClient client, ExpectedSession expected, Step[] steps)
    {
        var octets = "";
        var codes = new List<int>();
        foreach (var step in steps)
        {
            if (expected.IsOver)
                break;
            var wasEncrypted = expected.IsEncrypted;
            var exchange = step.Play(expected);
            octets += exchange.Octets;
            codes.AddRange(exchange.Codes);
            var shakes = expected.IsEncrypted && !wasEncrypted;
            if (!step.Waits && !shakes)
                continue;
            await client.SendAsync(octets, step.Pieces);
            await JudgeAsync(client, codes);
            (octets, codes) = ("", []);
            if (shakes)
                await client.HandshakeAsync();
        }

        await client.SendAsync(octets, int.MaxValue);
        await JudgeAsync(client, codes);
    }

    private static async Task JudgeAsync(PipedClient client, IReadOnlyList<int> codes)
    {
        var answered = new List<int>();
        foreach (var _ in codes)
        {
            var lines = await client.ReadReplyAsync();
            Assert.All(lines, static line => Assert.Matches(ReplyLine(), line));
            answered.AddRange(lines.Select(static line => int.Parse(line.AsSpan(0, 3), null)).Distinct());
        }

        Assert.Equal(codes, answered);
    }

    private static string Shown(MemoryMessage message)
    {
        var trace = Trace().Match(Text.Of(message.Trace));
        var content = Text.Of(message.Content)[(message.Transaction.LacksHeader ? 2 : 0)..];
        return $"{trace.Groups[1]} with {trace.Groups[2]} for {string.Join(' ', message.Recipients.Select(static one => one.Path.Text))}: {content}";
    }

    [GeneratedRegex("^[2-5][0-9]{2}[ -][ -~]{0,506}$")]
    private static partial Regex ReplyLine();

    [GeneratedRegex(@"^Received: from a\.test (\(\S+\))(?s:.*) with (\S+) id ")]
    private static partial Regex Trace();

    private sealed record Plan(bool Lmtp, bool Auth, bool RejectsBareNewlines, bool RequiresProxy, int Front, Step[] Steps)
    {
        public bool IsStranger => Front == 5;

        public SmtpListenerOptions Listener { get; } = new()
        {
            Lmtp = Lmtp,
            Auth = Auth,
            RequireProxy = RequiresProxy,
            BareNewlines = RejectsBareNewlines ? SmtpBareNewlines.Reject : null,
        };

        public override string ToString() => $"{(Lmtp ? "LMTP" : "SMTP")} auth {Auth} reject {RejectsBareNewlines} require {RequiresProxy} front {Front}: {string.Join(' ', (object[])Steps)}";
    }

    private sealed record Step(int Verb, int Choice, bool Waits, int Pieces)
    {
        private string Content => Contents[Choice % Contents.Length];

        private string Name => Names[Choice % Names.Length];

        public Exchange Play(ExpectedSession session) => Verb switch
        {
            0 => session.Greet(Choice % 3 == 0 ? "HELO" : Choice % 3 == 1 ? "EHLO" : "LHLO"),
            1 => session.Mail(),
            2 or 3 => session.Rcpt(Name),
            4 or 5 => session.Data(Content),
            6 or 7 or 8 => session.Bdat(Content, last: Choice % 2 == 0),
            9 => session.Rset(),
            10 => session.Noop(),
            11 or 12 => session.StartTls(),
            13 or 14 => session.Auth(login: Choice % 2 == 0, Choice % 3 == 0 ? "guess" : "secret"),
            15 => session.CancelAuth(),
            16 or 17 => session.Xclient(Addresses[Choice % 2].Address, Addresses[Choice % 2].Literal),
            18 when Choice % 4 == 0 => session.LateProxy(Header.Text()),
            _ => session.GoOn(secured: Choice % 5 == 0, Name, Content),
        };

        public override string ToString() => $"{Verb}/{Choice}{(Waits ? "." : "")}/{Pieces}";
    }
}
