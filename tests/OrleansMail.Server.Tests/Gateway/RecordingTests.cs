using System.Buffers;
using System.Diagnostics.Metrics;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using OrleansMail.Contracts.Messages;
using OrleansMail.Contracts.Storage;
using OrleansMail.Server.Gateway.Payloads;

namespace OrleansMail.Server.Tests.Gateway;

public sealed class RecordingTests
{
    private const string Content = "Message-ID: <1@x>\r\nSubject: hi\r\n\r\nbody\r\n";

    [Fact]
    public async Task A_recorded_message_is_answered_with_its_id()
    {
        await using var gateway = new GatewayFixture();

        var reply = await gateway.SendAsync(Content, "one@a.test");

        var (_, submission) = Assert.Single(gateway.Grains.Recorded);
        Assert.Equal("250 2.0.0", RecipientTests.Codes(reply));
        Assert.Equal($"Ok: queued as {submission.Id}-1", reply.Text);
        Assert.Equal("sender@example.org", submission.ReversePath);
        Assert.Equal(gateway.Time.GetUtcNow(), submission.ReceivedAt);
        Assert.Equal([HeaderName.MessageId, HeaderName.Subject], submission.Headers.Select(h => h.Name));
        Assert.Empty(gateway.Logs.GetSnapshot());
    }

    [Fact]
    public async Task A_message_and_its_octets_count_when_it_is_answered_250()
    {
        await using var gateway = new GatewayFixture();
        using var accepted = new MetricCollector<long>(gateway.Get<IMeterFactory>(), "OrleansMail", "orleansmail.messages.accepted");
        using var octets = new MetricCollector<long>(gateway.Get<IMeterFactory>(), "OrleansMail", "orleansmail.messages.bytes");
        var outcome = RecordOutcome.Gone;
        gateway.Grains.Record = (_, submission) => new(new RecordReceipt(outcome, new MessageId(submission.Id, 1, 0)));

        await gateway.SendAsync(Content, "one@a.test", "two@b.test");
        Assert.Empty(accepted.GetMeasurementSnapshot());
        outcome = RecordOutcome.Recorded;
        await gateway.SendAsync(Content, "one@a.test", "two@b.test");

        Assert.Equal(1, Assert.Single(accepted.GetMeasurementSnapshot()).Value);
        Assert.Equal(gateway.Grains.Recorded.Last().Submission.Payload.Size, Assert.Single(octets.GetMeasurementSnapshot()).Value);
    }

    [Fact]
    public async Task Raw_is_the_trace_lines_and_the_octets_received()
    {
        await using var gateway = new GatewayFixture();
        byte[]? raw = null;
        gateway.Grains.Record = (_, submission) =>
        {
            raw = submission.Payload.Inline.ToArray();
            return new(new RecordReceipt(RecordOutcome.Recorded, new MessageId(submission.Id, 1, 0)));
        };

        await gateway.SendAsync(Content, "one@a.test");

        var payload = Assert.Single(gateway.Grains.Recorded).Submission.Payload;
        var text = Encoding.ASCII.GetString(raw!);
        Assert.StartsWith("Return-Path: <sender@example.org>\r\nAuthentication-Results: mx.example.test; none\r\n", text, StringComparison.Ordinal);
        Assert.Equal(Content, text[payload.TraceLength..]);
        Assert.Equal(raw!.Length, payload.Size);
        Assert.Equal(SHA256.HashData(raw), payload.Sha256.ToArray());
        Assert.Equal(SHA256.HashData(Encoding.ASCII.GetBytes(Content)), payload.ContentSha256.ToArray());
    }

    [Fact]
    public async Task Mailboxes_of_a_domain_share_one_record_and_each_has_the_recipients_that_led_to_it()
    {
        await using var gateway = new GatewayFixture();
        gateway.Grains.Resolve = (domain, localPart) => new(localPart.Value switch
        {
            "team" => FakeGrains.Accepted(FakeGrains.Mailbox("a.test", "one"), FakeGrains.Mailbox("b.test", "two")),
            _ => FakeGrains.Accepted(FakeGrains.Mailbox(domain.Value, localPart.Value)),
        });

        var reply = await gateway.SendAsync(Content, "one@a.test", "team@a.test", "three@a.test");

        Assert.Equal(250, reply.Code);
        var byDomain = gateway.Grains.Recorded.ToDictionary(r => r.Domain.Value, r => r.Submission);
        Assert.Equal(["a.test", "b.test"], byDomain.Keys.Order());
        Assert.Equal(["one", "three"], byDomain["a.test"].Mailboxes.Select(m => m.LocalPart));
        Assert.Equal(["one@a.test", "team@a.test"], byDomain["a.test"].Mailboxes[0].Recipients.Select(r => r.Received));
        Assert.Equal(["team@a.test"], Assert.Single(byDomain["b.test"].Mailboxes).Recipients.Select(r => r.Received));
        Assert.NotEqual(byDomain["a.test"].Id, byDomain["b.test"].Id);
    }

    [Theory]
    [InlineData(RecordOutcome.Gone, RecordOutcome.Recorded, "451 4.3.0")]
    [InlineData(RecordOutcome.Suspended, RecordOutcome.Recorded, "450 4.7.0")]
    [InlineData(RecordOutcome.Suspended, RecordOutcome.Gone, "451 4.3.0")]
    [InlineData(RecordOutcome.Recorded, RecordOutcome.Repeated, "250 2.0.0")]
    public async Task A_message_is_accepted_only_when_every_domain_has_it(RecordOutcome first, RecordOutcome second, string expected)
    {
        await using var gateway = new GatewayFixture();
        gateway.Grains.Record = (domain, submission) => new(new RecordReceipt(domain.Value == "a.test" ? first : second, new MessageId(submission.Id, 1, 0)));

        Assert.Equal(expected, RecipientTests.Codes(await gateway.SendAsync(Content, "one@a.test", "two@b.test")));
    }

    [Fact]
    public async Task A_full_store_and_one_that_is_away_are_told_apart()
    {
        await using var gateway = new GatewayFixture();

        gateway.Grains.Record = (_, _) => throw new StoreFullException("full");
        Assert.Equal("452 4.3.1", RecipientTests.Codes(await gateway.SendAsync(Content, "one@a.test")));

        gateway.Grains.Record = (_, _) => throw new StoreUnavailableException("away");
        Assert.Equal("451 4.3.0", RecipientTests.Codes(await gateway.SendAsync(Content, "one@a.test")));
        Assert.Equal(2, gateway.Logs.GetSnapshot().Count);
    }

    [Fact]
    public async Task A_call_that_a_silo_lost_is_tried_again_with_the_same_id()
    {
        await using var gateway = new GatewayFixture(TimeProvider.System);
        gateway.Grains.Record = (_, submission) => gateway.Grains.Recorded.Count < 3
            ? throw new SiloUnavailableException()
            : new(new RecordReceipt(RecordOutcome.Recorded, new MessageId(submission.Id, 1, 0)));

        Assert.Equal(250, (await gateway.SendAsync(Content, "one@a.test")).Code);
        Assert.Equal(3, gateway.Grains.Recorded.Count);
        Assert.Single(gateway.Grains.Recorded.Select(r => r.Submission.Id).Distinct());
    }

    [Fact]
    public async Task After_three_lost_calls_the_client_keeps_the_message()
    {
        await using var gateway = new GatewayFixture(TimeProvider.System);
        gateway.Grains.Record = (_, _) => throw new SiloUnavailableException();

        Assert.Equal(451, (await gateway.SendAsync(Content, "one@a.test")).Code);
        Assert.Equal(3, gateway.Grains.Recorded.Count);
        Assert.Single(gateway.Logs.GetSnapshot());
    }

    [Fact]
    public async Task A_session_that_is_lost_after_the_last_octet_does_not_stop_the_record()
    {
        await using var gateway = new GatewayFixture();
        await gateway.MailAsync();
        await gateway.RcptAsync("one@a.test");
        var sink = await gateway.OpenAsync();
        await sink.WriteAsync(new ReadOnlySequence<byte>(Encoding.ASCII.GetBytes(Content)), default);

        var reply = await sink.CompleteAsync(new CancellationToken(canceled: true));

        Assert.Equal(250, reply.Code);
        Assert.Single(gateway.Grains.Recorded);
    }

    [Fact]
    public async Task A_large_payload_becomes_an_object_and_each_further_domain_gets_its_own()
    {
        await using var gateway = new GatewayFixture();
        var content = new byte[Payload.MaxInline + 1];
        Random.Shared.NextBytes(content);
        await gateway.MailAsync();
        await gateway.RcptAsync("one@a.test");
        await gateway.RcptAsync("two@b.test");

        Assert.Equal(250, (await gateway.DataAsync(content)).Code);

        var payloads = gateway.Grains.Recorded.Select(r => r.Submission.Payload).ToArray();
        Assert.Equal(2, payloads.Select(p => p.ObjectPath).Distinct().Count());
        Assert.All(payloads, payload =>
        {
            Assert.True(payload.Inline.IsEmpty);
            Assert.Equal(content, gateway.Payloads.Objects[payload.ObjectPath!][payload.TraceLength..]);
        });
    }

    [Theory]
    [InlineData(RecordOutcome.Gone, 0)]
    [InlineData(RecordOutcome.Suspended, 0)]
    [InlineData(RecordOutcome.Recorded, 1)]
    [InlineData(RecordOutcome.Repeated, 0)]
    public async Task An_object_without_a_record_is_removed(RecordOutcome outcome, int objects)
    {
        await using var gateway = new GatewayFixture();
        gateway.Grains.Record = (_, submission) => new(new RecordReceipt(outcome, new MessageId(outcome == RecordOutcome.Repeated ? Ulid.NewUlid() : submission.Id, 1, 0)));
        await gateway.MailAsync();
        await gateway.RcptAsync("one@a.test");

        await gateway.DataAsync(new byte[Payload.MaxInline + 1]);

        Assert.Equal(objects, gateway.Payloads.Objects.Count);
    }

    [Fact]
    public async Task An_object_whose_record_call_failed_stays_for_it_may_have_a_record()
    {
        await using var gateway = new GatewayFixture();
        gateway.Grains.Record = (_, _) => throw new StoreUnavailableException("away");
        await gateway.MailAsync();
        await gateway.RcptAsync("one@a.test");

        Assert.Equal(451, (await gateway.DataAsync(new byte[Payload.MaxInline + 1])).Code);
        Assert.Single(gateway.Payloads.Objects);
    }

    [Fact]
    public async Task A_store_that_fills_up_during_the_data_is_answered_at_its_end()
    {
        await using var gateway = new GatewayFixture();
        gateway.Payloads.Failure = new StoreFullException("full");
        await gateway.MailAsync();
        await gateway.RcptAsync("one@a.test");

        Assert.Equal("452 4.3.1", RecipientTests.Codes(await gateway.DataAsync(new byte[Payload.MaxInline + 1])));
        Assert.Empty(gateway.Grains.Recorded);
    }

    [Fact]
    public async Task The_payload_budget_is_given_back_whatever_becomes_of_a_message()
    {
        await using var gateway = new GatewayFixture();
        var budget = gateway.Get<PayloadBudget>();
        var whole = budget.Available;

        await gateway.SendAsync(Content, "one@a.test");
        Assert.Equal(whole, budget.Available);

        await gateway.MailAsync();
        await gateway.RcptAsync("one@a.test");
        var sink = await gateway.OpenAsync();
        await sink.WriteAsync(new ReadOnlySequence<byte>(new byte[50_000]), default);
        Assert.True(budget.Available < whole);
        await sink.AbortAsync();
        Assert.Equal(whole, budget.Available);
    }
}
