using System.Net;
using System.Text;
using OrleansMail.Testing.Processes;

namespace OrleansMail.Server.Tests.WholeSystem;

/// <summary>A disk that fills up: mail is deferred, nothing that was accepted is lost, and room is noticed without a restart.</summary>
public sealed class FullDiskTests
{
    private const string Tenant = "full";
    private const string Inbox = "inbox@full.test";

    [Fact]
    public async Task A_full_disk_defers_mail_and_room_is_noticed()
    {
        await using var disk = await SmallDisk.MountAsync(megabytes: 48, ballastMegabytes: 30);
        await using var server = await ServerProcess.StartAsync(new ServerSettings { DataFolder = disk.DataFolder });
        await server.Api.ProvisionAsync(Tenant, "full.test", "inbox");
        var accepted = new List<string>();

        Assert.StartsWith("452 4.3.1 ", await FillAsync(server, accepted), StringComparison.Ordinal);
        Assert.NotEmpty(accepted);
        await Eventually.TrueAsync(async () => await server.Api.ReadinessAsync() == HttpStatusCode.ServiceUnavailable, "a full server is not ready");
        await VerifyAsync(server, accepted);

        disk.MakeRoom();
        await Eventually.TrueAsync(async () => await server.Api.ReadinessAsync() == HttpStatusCode.OK, "a server with room is ready");
        using (var talk = await SmtpTalk.ConnectAsync(server.Smtp))
            accepted.Add(await talk.DeliverAsync(Message.Sender, Inbox, Large(accepted.Count)));

        await server.StopAsync();
        await server.RestartAsync();
        await VerifyAsync(server, accepted);
    }

    /// <summary>Sends until the first refusal, which is returned.</summary>
    private static async Task<string> FillAsync(ServerProcess server, List<string> accepted)
    {
        using var talk = await SmtpTalk.ConnectAsync(server.Smtp);
        for (var number = 0; number < 500; number++)
        {
            var reply = await TryDeliverAsync(talk, Large(number));
            if (!reply.StartsWith("250 2.0.0 ", StringComparison.Ordinal))
                return reply;
            accepted.Add(reply.Split(' ')[^1]);
        }

        return "never refused";
    }

    // The refusal may come at MAIL, when the server knows that it is full, or after the data, when it finds out.
    private static async Task<string> TryDeliverAsync(SmtpTalk talk, byte[] content)
    {
        foreach (var command in new[] { $"MAIL FROM:<{Message.Sender}> SIZE={content.Length}", $"RCPT TO:<{Inbox}>", "DATA" })
        {
            await talk.SendAsync(Encoding.ASCII.GetBytes(command + "\r\n"));
            var reply = await talk.ReadReplyAsync();
            if (reply[0] is not ('2' or '3'))
                return reply;
        }

        await talk.SendAsync(DotStuffing.Encode(content));
        return await talk.ReadReplyAsync();
    }

    private static async Task VerifyAsync(ServerProcess server, List<string> accepted)
    {
        Assert.Equal(accepted, (await server.Api.ListAsync(Tenant, Inbox)).Select(item => item.Id));
        for (var number = 0; number < accepted.Count; number++)
            Assert.Equal(Large(number), RawMessage.Parse(await server.Api.RawAsync(Tenant, accepted[number])).Content);
    }

    private static byte[] Large(int number) =>
        Encoding.ASCII.GetBytes($"Subject: {number}\r\nMessage-ID: <{number}@full.test>\r\n\r\n{string.Concat(Enumerable.Repeat($"{number:000000} all work and no play\r\n", 7_000))}");
}
