using OrleansMail.Testing.Smtp;

namespace OrleansMail.Smtp.Tests.Addresses;

/// <summary>Forward-paths through RCPT, which is strict whatever the options say of senders (RFC 5321 §4.1.2, §4.5.3.1).</summary>
public sealed class AddressTests
{
    private static readonly string Label63 = new('d', 63);

    // Four labels and three dots: 255 octets.
    private static readonly string Domain255 = $"{Label63}.{Label63}.{Label63}.{new string('e', 63)}";

    public static TheoryData<string, string, string> Good => new()
    {
        { "a@b", "a", "b" },
        { "first.last@d.test", "first.last", "d.test" },
        { "a.b.c.d@d.test", "a.b.c.d", "d.test" },
        { "!#$%&'*+-/=?^_`{|}~@d.test", "!#$%&'*+-/=?^_`{|}~", "d.test" },
        { "\"\"@d.test", "", "d.test" },
        { "\"a b\"@d.test", "a b", "d.test" },
        { "\"a@b\"@d.test", "a@b", "d.test" },
        { "\"a>b\"@d.test", "a>b", "d.test" },
        { "\"a\\\"b\\\\c\"@d.test", "a\"b\\c", "d.test" },
        { "\"~ \"@d.test", "~ ", "d.test" },
        { $"{new string('l', 64)}@d.test", new string('l', 64), "d.test" },
        { $"a@{Label63}.test", "a", $"{Label63}.test" },
        { $"a@1-2.{Label63}", "a", $"1-2.{Label63}" },
        { "a@[192.0.2.1]", "a", "[192.0.2.1]" },
        { "a@[0.0.0.0]", "a", "[0.0.0.0]" },
        { "a@[255.255.255.255]", "a", "[255.255.255.255]" },
        { "a@[IPv6:::1]", "a", "[IPv6:::1]" },
        { "a@[IPv6:::]", "a", "[IPv6:::]" },
        { "a@[ipv6:2001:db8::ff]", "a", "[ipv6:2001:db8::ff]" },
        { "a@[IPv6:::ffff:192.0.2.1]", "a", "[IPv6:::ffff:192.0.2.1]" },
        { "a@[IPv6:1111:2222:3333:4444:5555:6666:255.255.255.255]", "a", "[IPv6:1111:2222:3333:4444:5555:6666:255.255.255.255]" },
        { "postmaster", "postmaster", "" },
        { "PostMaster", "PostMaster", "" },
        { "\"postmaster\"", "postmaster", "" },
        { "@r.test:a@d.test", "a", "d.test" },
        { "@r.test,@s.test:a@d.test", "a", "d.test" },
    };

    public static TheoryData<string> Bad =>
    [
        "", "a", "a@", "@d.test", "@", ".@d.test", ".a@d.test", "a.@d.test", "a..b@d.test", "a@d@e.test", "a b@d.test", "a,b@d.test", "a(c)@d.test",
        "<a@d.test>", "\"a@d.test", "\"a\\", "\"a\"b@d.test", "\"\\\u007f\"@d.test", "\"", "postmaster@", "root", "\"postmaster",
        $"{new string('l', 65)}@d.test", $"\"{new string('q', 65)}\"@d.test",
        "a@.", "a@.test", "a@d.", "a@d..test", "a@-d.test", "a@d-.test", "a@d_e.test", "a@d.test>x", "a@d!.test", $"a@{Label63}d.test",
        "a@[]", "a@[", "a@]", "a@[192.0.2.1", "a@192.0.2.1]", "a@[192.0.2]", "a@[192.0.2.1.1]", "a@[192.0.2.]", "a@[192..2.1]", "a@[256.0.2.1]", "a@[192.0.2.999]",
        "a@[0192.0.2.1]", "a@[192.0.2.a]", "a@[192.0.2.-1]", "a@[ 192.0.2.1]", "a@[IPv6:]", "a@[IPv6]", "a@[IPv5:::1]", "a@[::1]", "a@[IPv6:192.0.2.1]", "a@[IPv6:1::2::3]", "a@[IPv6:g::1]",
        "a@[IPv6:fe80::1%1]", "a@[IPv6:[::1]]", "a@[IPv6:::1/64]", "a@[IPv6::1]", $"a@[IPv6:{new string('1', 46)}]", $"a@[{new string('1', 254)}]",
        "@:a@d.test", "@r.test:", "@r.test:a", "@r.test", "@r.test a@d.test", "@r.test,s.test:a@d.test", "@r.test,:a@d.test", "r.test:a@d.test", "@r_.test:a@d.test", "@r.test,@:a@d.test", "@r.test:postmaster@",
    ];

    [Theory, MemberData(nameof(Good))]
    public async Task A_recipient_by_the_grammar_is_taken_and_split(string path, string local, string domain)
    {
        await using var engine = new Engine();
        var asked = new List<SmtpPath>();
        engine.Delivery.OnRecipient = (_, recipient) =>
        {
            asked.Add(recipient);
            return default;
        };
        await using var client = await Conversation.GreetAsync(engine.Server);
        await client.AskAsync("MAIL FROM:<>");
        await client.AskAsync($"RCPT TO:<{path}>");

        var recipient = Assert.Single(asked);
        Assert.Equal((local, domain), (recipient.LocalPart, recipient.Domain));
        Assert.Equal(path[(path.StartsWith('@') ? path.IndexOf(':') + 1 : 0)..], recipient.Text);
        Assert.Equal(domain.StartsWith('['), recipient.IsLiteral);
        Assert.False(recipient.IsNull);
    }

    [Theory, MemberData(nameof(Bad))]
    public async Task A_recipient_against_the_grammar_is_refused_as_syntax(string path)
    {
        await using var engine = new Engine();
        engine.Delivery.OnRecipient = (_, _) => throw new InvalidOperationException("asked");
        await using var client = await Conversation.GreetAsync(engine.Server);
        await client.AskAsync("MAIL FROM:<>");

        Assert.StartsWith(path.Contains('\u007f', StringComparison.Ordinal) ? "500 5.5.2" : "501 5.", await client.AskAsync($"RCPT TO:<{path}>"));
    }

    [Theory, InlineData("RCPT TO:<a@d.test"), InlineData("RCPT TO:a@d.test"), InlineData("RCPT TO:"), InlineData("RCPT TO"), InlineData("RCPT"), InlineData("RCPT <a@d.test>"), InlineData("RCPT FROM:<a@d.test>")]
    [InlineData("RCPT TO <a@d.test>"), InlineData("RCPT TO:<a@d.test>X"), InlineData("RCPT TO:<a@d.test>>"), InlineData("RCPT TO:<@r.test:a@d.test")]
    public async Task A_recipient_without_its_keyword_or_brackets_is_refused_as_syntax(string line)
    {
        await using var engine = new Engine();
        await using var client = await Conversation.GreetAsync(engine.Server);
        await client.AskAsync("MAIL FROM:<>");

        Assert.StartsWith("501 5.", await client.AskAsync(line));
    }

    [Fact]
    public async Task The_longest_path_has_254_octets_between_its_brackets()
    {
        await using var engine = new Engine(options => options.MaxErrors = 0);
        await using var client = await Conversation.GreetAsync(engine.Server);
        await client.AskAsync("MAIL FROM:<>");
        var longest = "a@" + Domain255[..252];

        Assert.StartsWith("550 5.7.1", await client.AskAsync($"RCPT TO:<{longest}>"));
        Assert.StartsWith("501 5.1.3", await client.AskAsync($"RCPT TO:<@r.test:{longest}>"));
        Assert.StartsWith("501 5.1.3", await client.AskAsync($"RCPT TO:<a{longest}>"));
    }

    [Fact]
    public async Task Only_a_recipient_may_lack_a_domain()
    {
        await using var engine = new Engine(options => options.StrictSenders = true);
        await using var client = await Conversation.GreetAsync(engine.Server);

        Assert.StartsWith("501 5.1.7", await client.AskAsync("MAIL FROM:<postmaster>"));
        Assert.StartsWith("250", await client.AskAsync("MAIL FROM:<postmaster@d.test>"));
        Assert.StartsWith("250", await client.AskAsync("RCPT TO:<postmaster>"));
        Assert.StartsWith("501", await client.AskAsync("RCPT TO:<>"));
    }

    [Theory, InlineData("a", true), InlineData("a_b", true), InlineData("[192.0.2.1]", true), InlineData("[IPv6:::1]", true), InlineData("a.b-c.d", true)]
    [InlineData("", false), InlineData("a b", false), InlineData("-a", false), InlineData("a.", false), InlineData("[192.0.2.1", false), InlineData("[]", false), InlineData("a/b", false), InlineData("(a)", false), InlineData("é", false)]
    public async Task A_greeting_wants_a_name_or_literal_and_forgives_underscores(string name, bool good)
    {
        await using var engine = new Engine();
        await using var client = Conversation.Start(engine.Server);
        await client.ReadReplyAsync();

        foreach (var verb in (string[])["HELO", "EHLO"])
            Assert.StartsWith(good ? "250" : "501 5.5.4", await client.AskAsync($"{verb} {name}"));
    }

    [Fact]
    public async Task The_longest_greeting_name_has_255_octets()
    {
        await using var engine = new Engine();
        await using var client = Conversation.Start(engine.Server);
        await client.ReadReplyAsync();

        Assert.StartsWith("250", await client.AskAsync($"HELO {Domain255}"));
        Assert.StartsWith("501", await client.AskAsync($"HELO {Domain255[..^2]}.ee"));
        Assert.StartsWith("501", await client.AskAsync($"HELO {Domain255}.e"));
    }
}
