using System.Text;

namespace OrleansMail.Smtp.Tests.Attacks;

[Collection(nameof(AttackCollection))]
public sealed class SizeLieTests
{
    private const int Max = 64 * 1024;
    private const long Allowed = 1536 * 1024; // what the transport has read ahead; the content is up to 6.4 MiB

    [Theory]
    [InlineData("SIZE=9223372036854775807", "552 5.3.4")]
    [InlineData("SIZE=9223372036854775808", "552 5.3.4")]
    [InlineData("SIZE=18446744073709551616", "552 5.3.4")]
    [InlineData("SIZE=99999999999999999999", "552 5.3.4")]
    [InlineData("SIZE=65537", "552 5.3.4")]
    [InlineData("SIZE=65536", "250 2.1.0")]
    [InlineData("SIZE=0", "250 2.1.0")]
    [InlineData("SIZE=00000000000000065536", "250 2.1.0")]
    [InlineData("SIZE=-1", "501 5.5.4")]
    [InlineData("SIZE=+1", "501 5.5.4")]
    [InlineData("SIZE=1e3", "501 5.5.4")]
    [InlineData("SIZE=0x10", "501 5.5.4")]
    [InlineData("SIZE=", "501 5.5.4")]
    [InlineData("SIZE", "501 5.5.4")]
    [InlineData("SIZE=1 SIZE=1", "501 5.5.4")]
    [InlineData("SIZE=100000000000000000000000", "501 5.5.4")]
    public async Task A_declared_size_is_judged_and_the_session_goes_on(string parameter, string expected)
    {
        await using var listener = await SmtpListener.StartAsync(options => options.MaxMessageBytes = Max);
        using var client = await AttackClient.GreetAsync(listener.EndPoint);

        Assert.StartsWith(expected, await client.AskAsync($"MAIL FROM:<c@d.test> {parameter}"));
        Assert.StartsWith("250", await client.AskAsync("RSET"));
        Assert.StartsWith("250", await client.DeliverAsync());
    }

    [Theory]
    [InlineData(Max, "250")]
    [InlineData(Max + 1, "552 5.3.4")]
    [InlineData(Max * 100, "552 5.3.4")]
    public async Task Content_larger_than_declared_is_judged_by_what_it_is(int size, string expected)
    {
        await using var listener = await SmtpListener.StartAsync(options => options.MaxMessageBytes = Max);
        using var client = await AttackClient.GreetAsync(listener.EndPoint);
        await client.SendAsync("MAIL FROM:<c@d.test> SIZE=10\r\nRCPT TO:<ok@example.test>\r\nDATA\r\n");
        for (var i = 0; i < 3; i++)
            await client.ReadReplyAsync();
        var content = Content(size);
        var before = ProcessResources.Managed();

        await client.SendAsync(content);
        Assert.StartsWith(expected, await client.AskAsync("."));

        Assert.InRange(ProcessResources.Managed() - before, long.MinValue, Allowed);
        GC.KeepAlive(content);
        Assert.Equal(0, listener.Delivery.OpenSinks);
        Assert.Equal(expected == "250" ? 1 : 0, listener.Delivery.Messages.Count);
        Assert.StartsWith("250", await client.DeliverAsync());
    }

    private static byte[] Content(int size)
    {
        var content = new StringBuilder("Subject: x\r\n\r\n", size);
        while (content.Length + 80 <= size)
            content.Append('x', 78).Append("\r\n");
        return Encoding.ASCII.GetBytes(content.Append('x', size - content.Length - 2).Append("\r\n").ToString());
    }
}
