namespace OrleansMail.Smtp.Tests.Attacks;

[Collection(nameof(AttackCollection))]
public sealed class LongLineAttackTests
{
    private const int Attackers = 50;
    private const int Rounds = 4;
    private const long Allowed = 64 * 1024 * 1024; // the transport reads a megabyte of each ahead, and keeps the memory for the next; 200 MiB are sent

    private static readonly byte[] Megabyte = [.. Enumerable.Repeat((byte)'x', 1024 * 1024)];

    [Fact]
    public async Task Megabytes_without_a_newline_are_one_mistake_and_are_not_kept()
    {
        await using var listener = await SmtpListener.StartAsync();
        var clients = await Task.WhenAll(Enumerable.Range(0, Attackers).Select(_ => AttackClient.GreetAsync(listener.EndPoint)));
        var (managed, resident) = (ProcessResources.Managed(), ProcessResources.Resident());

        for (var round = 0; round < Rounds; round++)
            await Task.WhenAll(clients.Select(client => client.SendAsync(Megabyte)));
        Assert.All(await Task.WhenAll(clients.Select(client => client.ReadReplyAsync())), static reply => Assert.StartsWith("500 5.5.2", reply));

        Assert.InRange(ProcessResources.Resident() - resident, long.MinValue, 2 * Allowed);
        Assert.InRange(ProcessResources.Managed() - managed, long.MinValue, Allowed);
        Assert.All(await Task.WhenAll(clients.Select(client => client.AskAsync("\r\nNOOP"))), static reply => Assert.StartsWith("250", reply));
        Array.ForEach(clients, static client => client.Dispose());
    }

    [Fact]
    public async Task A_megabyte_without_a_newline_instead_of_a_greeting_is_one_mistake_too()
    {
        await using var listener = await SmtpListener.StartAsync();
        using var client = await AttackClient.ConnectAsync(listener.EndPoint);
        await client.SendAsync(Megabyte);

        Assert.StartsWith("220", await client.ReadReplyAsync());
        Assert.StartsWith("500 5.5.2", await client.ReadReplyAsync());
        Assert.StartsWith("250", await client.AskAsync("\r\nEHLO attacker.test"));
    }
}
