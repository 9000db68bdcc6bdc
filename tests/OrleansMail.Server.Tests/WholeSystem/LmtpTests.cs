using OrleansMail.Server.Tests.Corpus;
using OrleansMail.Testing.Processes;

namespace OrleansMail.Server.Tests.WholeSystem;

/// <summary>LMTP from a relay in front (RFC 2033): behind the data each recipient is told what became of the message for it.</summary>
public sealed class LmtpTests(RunningServer server) : IClassFixture<RunningServer>
{
    [Theory]
    [InlineData("plain", "one"), InlineData("plain", "two")]
    [InlineData("just-above-inline", "one"), InlineData("just-above-inline", "two")] // an object, of which the second domain gets a copy
    public async Task A_domain_suspended_after_RCPT_defers_its_own_recipients_only(string file, string suspended)
    {
        var tenant = $"suspended-{suspended}-{file}";
        var mailboxes = await ProvisionAsync(tenant);
        var content = CorpusFile.Load(file).Content;
        using var talk = await server.ConnectLmtpAsync();
        await talk.BeginMessageAsync(Message.Sender, mailboxes);
        await server.Api.PutDomainAsync(tenant, $"{suspended}.{tenant}.test", new { status = "suspended" });

        await talk.SendAsync(DotStuffing.Encode(content));
        foreach (var mailbox in mailboxes)
            await talk.ExpectAsync(IsSuspended(mailbox) ? "450 4.7.0 " : "250 2.0.0 Ok: queued as ");
        await talk.SayAsync("NOOP", "250 2.0.0 ");

        foreach (var mailbox in mailboxes)
            await HoldsAsync(tenant, mailbox, IsSuspended(mailbox) ? [] : [content]);

        bool IsSuspended(string mailbox) => mailbox.Contains($"@{suspended}.", StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_deferred_comes_with_the_retry_and_what_was_not_stays_one_message()
    {
        var mailboxes = await ProvisionAsync("retried");
        var content = Message.Create("twice");
        using var talk = await server.ConnectLmtpAsync();
        await talk.BeginMessageAsync(Message.Sender, mailboxes);
        await server.Api.PutDomainAsync("retried", "two.retried.test", new { status = "suspended" });
        await talk.SendAsync(DotStuffing.Encode(content));
        foreach (var code in (string[])["250", "450", "250"])
            await talk.ExpectAsync(code);

        await server.Api.PutDomainAsync("retried", "two.retried.test");
        await talk.DeliverAsync(Message.Sender, mailboxes[1], content);

        foreach (var mailbox in mailboxes)
            await HoldsAsync("retried", mailbox, content);
    }

    [Fact]
    public async Task A_recipient_of_another_tenant_is_asked_to_come_in_a_transaction_of_its_own_and_has_no_reply_behind_the_data()
    {
        await server.Api.ProvisionAsync("lmtp-first", "lmtp-first.test", "inbox");
        await server.Api.ProvisionAsync("lmtp-second", "lmtp-second.test", "inbox");
        var content = Message.Create("for both");
        using var talk = await server.ConnectLmtpAsync();
        await talk.SayAsync($"MAIL FROM:<{Message.Sender}>", "250");
        await talk.SayAsync("RCPT TO:<inbox@lmtp-first.test>", "250");
        await talk.SayAsync("RCPT TO:<inbox@lmtp-second.test>", "452 4.5.3 ");
        await talk.SayAsync("DATA", "354");
        await talk.SendAsync(DotStuffing.Encode(content));
        await talk.ExpectAsync("250 2.0.0 Ok: queued as ");
        await talk.DeliverAsync(Message.Sender, "inbox@lmtp-second.test", content);

        await HoldsAsync("lmtp-first", "inbox@lmtp-first.test", content);
        await HoldsAsync("lmtp-second", "inbox@lmtp-second.test", content);
    }

    private async Task<string[]> ProvisionAsync(string tenant)
    {
        await server.Api.ProvisionAsync(tenant, $"one.{tenant}.test", "a", "b");
        await server.Api.ProvisionAsync(tenant, $"two.{tenant}.test", "c");
        return [$"a@one.{tenant}.test", $"c@two.{tenant}.test", $"b@one.{tenant}.test"];
    }

    private async Task HoldsAsync(string tenant, string mailbox, params byte[][] contents)
    {
        var items = await server.Api.ListAsync(tenant, mailbox);
        Assert.Equal(contents.Length, items.Count);
        foreach (var (item, content) in items.Zip(contents))
        {
            Assert.Equal(mailbox, Assert.Single(item.Envelope.To).Address);
            Assert.Equal(content, RawMessage.Parse(await server.Api.RawAsync(tenant, item.Id)).Content);
        }
    }
}
