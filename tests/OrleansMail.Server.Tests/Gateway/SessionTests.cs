using System.Security.Cryptography;
using System.Text;
using OrleansMail.Contracts.Messages;
using OrleansMail.Contracts.Tenants;
using OrleansMail.Server.Gateway.Payloads;
using OrleansMail.Smtp;
using OrleansMail.Testing.Smtp;

namespace OrleansMail.Server.Tests.Gateway;

/// <summary>The gateway behind the engine, spoken to as a client does.</summary>
public sealed class SessionTests : IAsyncDisposable
{
    private static readonly TenantId Acme = TenantId.Parse("acme");
    private readonly BudgetClock time = new();
    private readonly GatewayFixture gateway;
    private readonly SmtpServer server;
    private byte[]? raw;

    public SessionTests()
    {
        gateway = new GatewayFixture(time, static options => options.PayloadBudget = 64 * 1024);
        server = new SmtpServer(new SmtpServerOptions { HostName = "mx.example.test" }, gateway.Get<ISmtpDeliveryFactory>(), time);
        gateway.Grains.Record = (_, submission) =>
        {
            raw = submission.Payload.Inline.ToArray();
            return new(new RecordReceipt(RecordOutcome.Recorded, new MessageId(submission.Id, 1, 0)));
        };
    }

    [Theory]
    [InlineData("Subject: x\r\n\r\nbody\r\n", "")]
    [InlineData("\r\nbody\r\n", "")]
    [InlineData("body\r\n", "\r\n")]
    [InlineData("text\r\nReceived: below a text\r\n", "\r\n")]
    [InlineData("", "")]
    public async Task The_octets_received_begin_where_what_we_put_in_front_of_them_ends(string content, string emptyLine)
    {
        await SendAsync(content);

        var payload = Assert.Single(gateway.Grains.Recorded).Submission.Payload;
        var text = Encoding.ASCII.GetString(raw!);
        Assert.Equal(content, text[payload.TraceLength..]);
        Assert.EndsWith($"+0000\r\n{emptyLine}", text[..payload.TraceLength], StringComparison.Ordinal);
        Assert.Equal(raw!.Length, payload.Size);
        Assert.Equal(SHA256.HashData(raw), payload.Sha256.ToArray());
        Assert.Equal(SHA256.HashData(Encoding.ASCII.GetBytes(content)), payload.ContentSha256.ToArray());
        Assert.Equal(payload.ContentSha256.ToArray(), payload.RepeatSha256.ToArray());
    }

    [Fact]
    public async Task Text_below_the_empty_line_is_no_header()
    {
        await SendAsync(new string('x', 1200) + ": too far for a name\r\nSubject: in the body\r\n");

        Assert.Empty(Assert.Single(gateway.Grains.Recorded).Submission.Headers);
    }

    [Fact]
    public async Task While_the_payload_budget_is_exhausted_a_message_waits_and_then_is_deferred()
    {
        var budget = gateway.Get<PayloadBudget>();
        Assert.True(await budget.TakeAsync(Acme, budget.Available, default));
        await using var client = await Conversation.GreetAsync(server);
        await BeginAsync(client);
        await client.SendAsync("Subject: x\r\n\r\nbody\r\n.\r\n");
        var reply = client.ReadReplyAsync();

        await time.Waiting;
        time.Advance(TimeSpan.FromSeconds(9));
        Assert.False(reply.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(1));

        Assert.StartsWith("451 4.3.2 ", await reply, StringComparison.Ordinal);
        Assert.Empty(gateway.Grains.Recorded);
        budget.Return(Acme, 64 * 1024);
        await BeginAsync(client);
        Assert.StartsWith("250 2.0.0 ", await client.AskAsync("Subject: y\r\n\r\n."), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_that_waits_for_the_payload_budget_goes_on_when_there_is_some()
    {
        var budget = gateway.Get<PayloadBudget>();
        Assert.True(await budget.TakeAsync(Acme, budget.Available, default));
        await using var client = await Conversation.GreetAsync(server);
        await BeginAsync(client);
        await client.SendAsync("Subject: x\r\n\r\nbody\r\n.\r\n");
        var reply = client.ReadReplyAsync();
        await time.Waiting;
        time.Advance(TimeSpan.FromSeconds(9));
        Assert.False(reply.IsCompleted);

        budget.Return(Acme, 64 * 1024);

        Assert.StartsWith("250 2.0.0 ", await reply, StringComparison.Ordinal);
        Assert.EndsWith("body\r\n", Encoding.ASCII.GetString(raw!), StringComparison.Ordinal);
        Assert.Equal(64 * 1024, budget.Available);
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        await gateway.DisposeAsync();
    }

    private async Task SendAsync(string content)
    {
        await using var client = await Conversation.GreetAsync(server);
        await BeginAsync(client);
        Assert.StartsWith("250 2.0.0 ", await client.AskAsync(content + "."), StringComparison.Ordinal);
    }

    private static Task BeginAsync(Conversation client) => client.BeginDataAsync("one@a.test");
}
