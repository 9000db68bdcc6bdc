namespace OrleansMail.Smtp.Tests.Attacks;

[Collection(nameof(AttackCollection))]
public sealed class ConnectStormTests
{
    private const int Storm = 3000;
    private const int AtOnce = 100;
    private const int OfTheRuntime = 20; // files that the runtime itself opens under load; each connection has two here

    [Fact]
    public async Task A_storm_of_connections_leaves_no_file_open_and_no_session()
    {
        ProcessResources.RequireFiles(2000);
        await using var listener = await SmtpListener.StartAsync();
        using (var warm = await AttackClient.GreetAsync(listener.EndPoint))
            await warm.DeliverAsync();
        await ProcessResources.UntilAsync(() => listener.Server.Sessions == 0 && listener.Server.Watched == 0, "The first session ends.");
        var before = ProcessResources.OpenFiles();

        await Parallel.ForAsync(0, Storm, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (number, _) => await BlowAsync(listener, number));

        await ProcessResources.UntilAsync(() => listener.Server.Sessions == 0 && listener.Server.Watched == 0, "All sessions end.");
        await ProcessResources.UntilAsync(() => ProcessResources.OpenFiles() <= before + OfTheRuntime, $"{ProcessResources.OpenFiles()} files are open, {before} before.");
        Assert.Equal(0, listener.Delivery.OpenSinks);
        using var good = await AttackClient.GreetAsync(listener.EndPoint);
        Assert.StartsWith("250", await good.DeliverAsync());
    }

    // Each leaves in another way, at another time.
    private static async Task BlowAsync(SmtpListener listener, int number)
    {
        using var client = await AttackClient.ConnectAsync(listener.EndPoint);
        if (number % 5 >= 2)
            await client.ReadReplyAsync();
        if (number % 5 >= 3)
            await client.SendAsync("EHLO storm.test\r\nMAIL FROM:<>\r\nRCPT TO:<ok@example.test>\r\nDATA\r\nhalf");
        if (number % 5 == 4)
            await client.ReadReplyAsync();
        if (number % 2 == 0)
            client.Reset();
    }
}
