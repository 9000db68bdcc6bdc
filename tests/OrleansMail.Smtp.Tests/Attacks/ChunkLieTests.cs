using Microsoft.Extensions.Time.Testing;

namespace OrleansMail.Smtp.Tests.Attacks;

[Collection(nameof(AttackCollection))]
public sealed class ChunkLieTests
{
    private const int Attackers = 100;
    private const long AllowedEach = 64 * 1024;

    [Theory]
    [InlineData("BDAT 2147483648", 4L << 30)]
    [InlineData("BDAT 2147483648 LAST", 4L << 30)]
    [InlineData("BDAT 2147483648 LAST", 64L * 1024)]
    [InlineData("BDAT 9223372036854775807 LAST", 4L << 30)]
    public async Task A_chunk_of_which_nothing_is_sent_costs_nothing_and_has_its_time(string chunk, long maxMessage)
    {
        var time = new FakeTimeProvider();
        await using var listener = await SmtpListener.StartAsync(options => options.MaxMessageBytes = maxMessage, time: time);
        var clients = await Task.WhenAll(Enumerable.Range(0, Attackers).Select(async _ =>
        {
            var client = await AttackClient.GreetAsync(listener.EndPoint);
            await client.AskAsync("MAIL FROM:<c@d.test>");
            await client.AskAsync("RCPT TO:<ok@example.test>");
            return client;
        }));
        var before = ProcessResources.Managed();

        await Task.WhenAll(clients.Select(client => client.SendAsync(chunk + "\r\n")));
        using (var good = await AttackClient.GreetAsync(listener.EndPoint))
            Assert.StartsWith("250", await good.DeliverAsync());
        Assert.InRange(ProcessResources.Managed() - before, long.MinValue, Attackers * AllowedEach);

        // A connection that is closed before its chunk was read is reset, and its goodbye with it.
        for (var waits = 0; listener.Delivery.OpenSinks < Attackers && waits < 100; waits++)
            await Task.Delay(5);
        var goodbyes = Task.WhenAll(clients.Select(client => client.ReadToEndAsync()));
        // A session that was not waiting yet has another turn; in between those that said goodbye have the time to be heard.
        for (var turns = 0; listener.Server.Sessions > 0 && turns < 10; turns++)
        {
            time.Advance(TimeSpan.FromSeconds(181));
            for (var waits = 0; listener.Server.Sessions > 0 && waits < 100; waits++)
                await Task.Delay(5);
        }

        Assert.Equal(0, listener.Server.Sessions);
        Assert.All(await goodbyes, static replies => Assert.StartsWith("421 4.4.2", Assert.Single(replies)));
        Assert.Equal(0, listener.Delivery.OpenSinks);
        Assert.Single(listener.Delivery.Messages); // the good client's
        Array.ForEach(clients, static client => client.Dispose());
    }

    [Fact]
    public async Task A_chunk_that_declares_too_much_is_read_to_its_end_and_the_session_stays_in_step()
    {
        await using var listener = await SmtpListener.StartAsync(static options => options.MaxMessageBytes = 64 * 1024);
        using var client = await AttackClient.GreetAsync(listener.EndPoint);
        await client.AskAsync("MAIL FROM:<c@d.test>");
        await client.AskAsync("RCPT TO:<ok@example.test>");
        var megabytes = new byte[8 * 1024 * 1024];
        Array.Fill(megabytes, (byte)'\n');
        var before = ProcessResources.Managed();

        await client.SendAsync($"BDAT {megabytes.Length} LAST\r\n");
        await client.SendAsync(megabytes);
        Assert.StartsWith("552 5.3.4", await client.ReadReplyAsync());

        Assert.InRange(ProcessResources.Managed() - before, long.MinValue, 2 * 1024 * 1024);
        Assert.Equal(0, listener.Delivery.OpenSinks);
        Assert.StartsWith("250", await client.DeliverAsync());
        GC.KeepAlive(megabytes);
    }
}
