using OrleansMail.Contracts.Messages;
using OrleansMail.Server.Gateway.Recording;
using OrleansMail.Server.Hosting.Lifetime;
using OrleansMail.Server.Hosting.Settings;
using OrleansMail.Smtp;

namespace OrleansMail.Server.Tests.Gateway;

/// <summary>Replies that were seen to arrive (RFC 1047): who tells the domain, and when.</summary>
public sealed class SeenTests : IAsyncDisposable
{
    private const string Content = "Message-ID: <1@x>\r\nSubject: hi\r\n\r\nbody\r\n";
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(50);
    private readonly GatewayFixture gateway = new();

    private MessageSubmission[] Recorded => [.. gateway.Grains.Recorded.Select(r => r.Submission)];

    [Fact]
    public async Task Marks_ride_with_the_next_message_to_the_domain()
    {
        await gateway.SendAsync(Content, "one@a.test");
        await gateway.SendAsync(Content, "one@a.test");
        await gateway.ReplySeenAsync();
        await gateway.SendAsync(Content, "one@a.test");
        gateway.Time.Advance(Moment);

        Assert.Equal([0, 0, 2], Recorded.Select(r => r.Seen.Count));
        Assert.Equal([Recorded[0].Id, Recorded[1].Id], Recorded[2].Seen);
        Assert.Empty(gateway.Grains.Seen);
    }

    [Fact]
    public async Task A_message_is_never_a_repeat_of_what_its_own_session_recorded_before_and_may_not_be_marked_yet()
    {
        await gateway.SendAsync(Content, "one@a.test");
        await gateway.SendAsync(Content, "one@a.test");
        await gateway.ReplySeenAsync();
        await gateway.SendAsync(Content, "one@a.test");
        await gateway.SendAsync(Content, "one@a.test");

        Assert.Empty(Recorded[0].SessionRecords);
        Assert.Equal([Recorded[0].Id], Recorded[1].SessionRecords);
        Assert.Equal([Recorded[0].Id, Recorded[1].Id], Recorded[2].SessionRecords);
        Assert.Equal([Recorded[2].Id], Recorded[3].SessionRecords);
    }

    [Fact]
    public async Task Marks_that_find_no_message_to_ride_with_are_sent_after_a_moment()
    {
        await gateway.SendAsync(Content, "one@a.test");
        await gateway.ReplySeenAsync();
        await gateway.SendAsync(Content, "two@b.test");
        Assert.Empty(gateway.Grains.Seen);

        gateway.Time.Advance(Moment);

        var (domain, records) = Assert.Single(gateway.Grains.Seen);
        Assert.Equal("a.test", domain.Value);
        Assert.Equal([Recorded[0].Id], records);
        Assert.Empty(Recorded[1].Seen);
    }

    [Fact]
    public async Task A_mark_rides_with_the_message_of_another_session()
    {
        await gateway.SendAsync(Content, "one@a.test");
        await gateway.ReplySeenAsync();
        gateway.BeginSession();

        await gateway.SendAsync(Content, "one@a.test");

        Assert.Equal([Recorded[0].Id], Recorded[1].Seen);
        Assert.Empty(Recorded[1].SessionRecords);
    }

    [Theory, InlineData(RecordOutcome.Gone), InlineData(RecordOutcome.Suspended), InlineData(null)]
    public async Task Marks_of_a_message_that_was_not_recorded_are_told_again(RecordOutcome? outcome)
    {
        await gateway.SendAsync(Content, "one@a.test");
        await gateway.ReplySeenAsync();
        gateway.Grains.Record = (_, _) => outcome is { } refused ? new(new RecordReceipt(refused, default)) : throw new InvalidOperationException("no answer");
        await gateway.SendAsync(Content, "one@a.test");
        Assert.Equal([Recorded[0].Id], Recorded[1].Seen);

        gateway.Time.Advance(Moment);

        Assert.Equal([Recorded[0].Id], Assert.Single(gateway.Grains.Seen).Records);
    }

    [Fact]
    public async Task Marks_that_could_not_be_told_are_told_again_later()
    {
        await gateway.SendAsync(Content, "one@a.test");
        await gateway.ReplySeenAsync();
        gateway.Grains.SeenFailure = new InvalidOperationException("away");
        gateway.Time.Advance(Moment);
        Assert.Empty(gateway.Grains.Seen);

        gateway.Grains.SeenFailure = null;
        gateway.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal([Recorded[0].Id], Assert.Single(gateway.Grains.Seen).Records);
    }

    [Fact]
    public async Task At_the_servers_end_all_marks_are_told_at_once()
    {
        await gateway.SendAsync(Content, "one@a.test", "two@b.test");
        await gateway.ReplySeenAsync();

        await using var server = new SmtpServer(new SmtpServerOptions { HostName = "mx.example.test" }, gateway.Get<ISmtpDeliveryFactory>(), gateway.Time);
        await new ServerDrain(server, gateway.Get<SeenMarks>(), new OrleansMailSettings()).StoppingAsync(CancellationToken.None);

        Assert.Equal(Recorded.Select(r => r.Id).Order(), gateway.Grains.Seen.SelectMany(s => s.Records).Order());
    }

    [Fact]
    public async Task A_record_whose_other_domain_failed_is_never_marked_seen()
    {
        gateway.Grains.Record = (domain, submission) =>
            new(new RecordReceipt(domain.Value == "a.test" ? RecordOutcome.Recorded : RecordOutcome.Gone, new MessageId(submission.Id, 1, 0)));
        await gateway.SendAsync(Content, "one@a.test", "two@b.test");
        await gateway.ReplySeenAsync();
        await gateway.SendAsync(Content, "one@a.test", "two@b.test");
        gateway.Time.Advance(Moment);

        Assert.Empty(gateway.Grains.Seen);
        Assert.All(Recorded, r => Assert.Empty(r.Seen));
        Assert.All(Recorded, r => Assert.Empty(r.SessionRecords));
    }

    public ValueTask DisposeAsync() => gateway.DisposeAsync();
}
