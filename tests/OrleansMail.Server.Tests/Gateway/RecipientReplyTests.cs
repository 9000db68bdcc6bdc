using System.Diagnostics.Metrics;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using OrleansMail.Contracts.Messages;
using OrleansMail.Contracts.Storage;
using OrleansMail.Server.Gateway.Payloads;
using OrleansMail.Smtp;
using OrleansMail.Testing.Smtp;

namespace OrleansMail.Server.Tests.Gateway;

/// <summary>A reply for each recipient, as LMTP asks (RFC 2033 §4.2).</summary>
public sealed class RecipientReplyTests : IAsyncDisposable
{
    private const string Content = "Message-ID: <1@x>\r\nSubject: hi\r\n\r\nbody\r\n";
    private readonly GatewayFixture gateway = new();

    [Fact]
    public async Task Recipients_of_a_domain_that_has_the_message_are_told_250_and_the_others_why_not()
    {
        gateway.Grains.Record = static (domain, submission) => domain.Value switch
        {
            "gone.test" => new(new RecordReceipt(RecordOutcome.Gone, default)),
            "suspended.test" => new(new RecordReceipt(RecordOutcome.Suspended, default)),
            "full.test" => throw new StoreFullException("full"),
            _ => new(new RecordReceipt(RecordOutcome.Recorded, new MessageId(submission.Id, domain.Value.Length, 0))),
        };

        var replies = await gateway.SendForEachAsync(Content, "1@a.test", "2@gone.test", "3@suspended.test", "4@a.test", "5@full.test", "6@longer.test");

        Assert.Equal(["250 2.0.0", "451 4.3.0", "450 4.7.0", "250 2.0.0", "452 4.3.1", "250 2.0.0"], replies.Select(RecipientTests.Codes));
        Assert.Equal(replies[0].Text, replies[3].Text);
        Assert.EndsWith("-6", replies[0].Text, StringComparison.Ordinal);
        Assert.EndsWith("-11", replies[5].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_recipient_that_leads_to_several_domains_is_told_250_only_when_all_of_them_have_the_message()
    {
        LetTeamLeadToTwoDomains();
        gateway.Grains.Record = static (domain, submission) =>
            new(new RecordReceipt(domain.Value == "b.test" ? RecordOutcome.Gone : RecordOutcome.Recorded, new MessageId(submission.Id, 1, 0)));

        var replies = await gateway.SendForEachAsync(Content, "one@a.test", "team@a.test", "three@a.test", "one@a.test");

        Assert.Equal([250, 451, 250, 250], replies.Select(reply => reply.Code));
    }

    [Fact]
    public async Task A_domain_of_which_one_recipient_is_told_otherwise_recognises_the_retry()
    {
        LetTeamLeadToTwoDomains();
        gateway.Grains.Record = static (domain, submission) =>
            new(new RecordReceipt(domain.Value == "b.test" ? RecordOutcome.Gone : RecordOutcome.Recorded, new MessageId(submission.Id, 1, 0)));
        await gateway.SendForEachAsync(Content, "one@a.test", "team@a.test", "two@c.test");
        await gateway.ReplySeenAsync();
        gateway.Time.Advance(TimeSpan.FromSeconds(1));

        // Of the three records only that of c.test, whose recipients were all told 250, counts as told.
        Assert.Equal(["c.test"], gateway.Grains.Seen.Select(seen => seen.Domain.Value));
    }

    [Fact]
    public async Task A_message_counts_once_when_a_recipient_is_told_250_and_not_when_none_is()
    {
        using var accepted = new MetricCollector<long>(gateway.Get<IMeterFactory>(), "OrleansMail", "orleansmail.messages.accepted");
        gateway.Grains.Record = static (domain, submission) =>
            new(new RecordReceipt(domain.Value == "gone.test" ? RecordOutcome.Gone : RecordOutcome.Recorded, new MessageId(submission.Id, 1, 0)));

        await gateway.SendForEachAsync(Content, "one@gone.test", "two@gone.test");
        Assert.Empty(accepted.GetMeasurementSnapshot());
        await gateway.SendForEachAsync(Content, "one@a.test", "two@gone.test", "three@b.test");

        var only = Assert.Single(accepted.GetMeasurementSnapshot());
        Assert.Equal(1, only.Value);
        Assert.Equal("acme", only.Tags["tenant"]);
    }

    [Fact]
    public async Task A_payload_that_could_not_be_stored_is_told_to_each_recipient()
    {
        gateway.Payloads.Failure = new StoreFullException("full");

        var replies = await gateway.SendForEachAsync(Content + new string('x', Payload.MaxInline), "one@a.test", "two@b.test");

        Assert.Equal(["452 4.3.1", "452 4.3.1"], replies.Select(RecipientTests.Codes));
        Assert.Empty(gateway.Grains.Recorded);
    }

    [Fact]
    public async Task The_payload_budget_is_given_back()
    {
        var budget = gateway.Get<PayloadBudget>();
        var whole = budget.Available;
        await gateway.SendForEachAsync(Content, "one@a.test", "two@b.test");

        Assert.Equal(whole, budget.Available);
    }

    [Fact]
    public async Task An_LMTP_session_of_the_engine_gets_them_in_the_order_of_rcpt()
    {
        gateway.Grains.Record = static (domain, submission) =>
            new(new RecordReceipt(domain.Value == "b.test" ? RecordOutcome.Suspended : RecordOutcome.Recorded, new MessageId(submission.Id, 1, 0)));
        await using var server = new SmtpServer(new SmtpServerOptions { HostName = "mx.example.test" }, gateway.Get<ISmtpDeliveryFactory>(), gateway.Time);
        await using var client = await Conversation.GreetAsync(server, listener: new SmtpListenerOptions { Lmtp = true });
        await client.AskAsync("MAIL FROM:<carol@origin.test>");
        foreach (var recipient in (string[])["1@b.test", "2@a.test", "3@b.test"])
            Assert.StartsWith("250", await client.AskAsync($"RCPT TO:<{recipient}>"), StringComparison.Ordinal);

        Assert.StartsWith("450 4.7.0", await client.SendChunkAsync(Content, last: true), StringComparison.Ordinal);
        Assert.StartsWith("250 2.0.0 Ok: queued as ", await client.ReadReplyAsync(), StringComparison.Ordinal);
        Assert.StartsWith("450 4.7.0", await client.ReadReplyAsync(), StringComparison.Ordinal);
        Assert.All(gateway.Grains.Recorded, recorded => Assert.Equal("LMTP", recorded.Submission.Session.Protocol));
    }

    public ValueTask DisposeAsync() => gateway.DisposeAsync();

    private void LetTeamLeadToTwoDomains() => gateway.Grains.Resolve = (domain, localPart) => new(localPart.Value == "team"
        ? FakeGrains.Accepted(FakeGrains.Mailbox("a.test", "one"), FakeGrains.Mailbox("b.test", "two"))
        : FakeGrains.Accepted(FakeGrains.Mailbox(domain.Value, localPart.Value)));
}
