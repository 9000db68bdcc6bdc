using System.Text;
using OrleansMail.Testing.Processes;

namespace OrleansMail.Server.Tests.WholeSystem;

/// <summary>Addresses in UTF-8 (RFC 6531), from the wire to the API.</summary>
public sealed class Utf8AddressTests(RunningServer server) : IClassFixture<RunningServer>
{
    private const string LocalPart = "\u043f\u043e\u043b\u044c\u0437\u043e\u0432\u0430\u0442\u0435\u043b\u044c"; // "user" in Russian
    private const string Script = """
        import smtplib, sys
        address, port, sender, *recipients = sys.argv[1:]
        with smtplib.SMTP(address, int(port), timeout=50) as client:
            for recipient in recipients:
                client.sendmail(sender, [recipient], b"Subject: to one\r\n\r\ntext\r\n", mail_options=["SMTPUTF8", "BODY=8BITMIME"])
        """;

    private MailApi Api => server.Api;

    [Fact]
    public async Task A_mailbox_is_reached_by_U_label_and_A_label_in_any_case_and_form()
    {
        var python = CommandRunner.Require("python3");
        await Api.ProvisionAsync("utf8", "b\u00fccher.test", LocalPart);
        string[] recipients = [$"{LocalPart}@b\u00fccher.test", $"{LocalPart.ToUpperInvariant()}@xn--bcher-kva.test", $"{LocalPart}+\u00e9@BU\u0308CHER.test"];

        var sender = "\u00e5sa@origin.test";
        (await CommandRunner.RunAsync(python, ["-c", Script, "127.0.0.1", $"{server.Process.Smtp.Port}", sender, .. recipients])).EnsureSuccess();

        var items = await Api.ListAsync("utf8", $"{LocalPart}@xn--bcher-kva.test");
        Assert.Equal(recipients, items.Select(item => item.Envelope.To[0].Received));
        Assert.Equal("\u00e9", items[2].Envelope.To[0].Tag);
        Assert.All(items, item =>
        {
            Assert.Equal(($"{LocalPart}@xn--bcher-kva.test", sender), (item.Envelope.To[0].Address, item.Envelope.From));
            Assert.Equal("UTF8SMTP", item.Envelope.Protocol);
            Assert.Contains("smtputf8", item.Flags);
        });
        var raw = Encoding.UTF8.GetString(await Api.RawAsync("utf8", items[0].Id));
        Assert.StartsWith($"Return-Path: <{sender}>\r\n", raw, StringComparison.Ordinal);
        Assert.Contains($"\tfor <{recipients[0]}>;\r\n", raw, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Aliases_catch_all_and_ASCII_senders_know_utf8_too()
    {
        await Api.ProvisionAsync("utf8-routes", "utf8-routes.test", "inbox");
        await Api.PutAliasAsync("utf8-routes", "utf8-routes.test", "\u00fc*", "inbox@utf8-routes.test");
        await Api.PutDomainAsync("utf8-routes", "utf8-routes.test", new { catchAll = "inbox" });
        using var talk = await server.ConnectAsync();
        await talk.SayAsync($"MAIL FROM:<{Message.Sender}>", "250");
        await talk.SayAsync("RCPT TO:<\u00dcber@utf8-routes.test>", "553 5.6.7 ");
        await talk.SayAsync("RSET", "250");
        foreach (var local in new[] { "\u00dcber", "\u0436" })
        {
            await talk.SayAsync($"MAIL FROM:<{Message.Sender}> SMTPUTF8", "250");
            await talk.SayAsync($"RCPT TO:<{local}@utf8-routes.test>", "250");
            await talk.SayAsync("DATA", "354");
            await talk.SendAsync(DotStuffing.Encode(Message.Create(local)));
            await talk.ExpectAsync("250");
        }

        Assert.Equal(["\u00dcber", "\u0436"], (await Api.ListAsync("utf8-routes", "inbox@utf8-routes.test")).Select(item => item.Envelope.To[0].Received.Split('@')[0]));
    }

    [Fact]
    public async Task A_devices_sender_is_shown_as_written_and_quoted_in_the_header()
    {
        await Api.ProvisionAsync("devices", "devices.test", "inbox");
        using var talk = await server.ConnectAsync();
        await talk.SayAsync("MAIL FROM: scan..ner@office_1.test ", "250");
        await talk.SayAsync("RCPT TO:<inbox@devices.test>", "250");
        await talk.SayAsync("DATA", "354");
        await talk.SendAsync(DotStuffing.Encode(Message.Create("scan")));
        await talk.ExpectAsync("250");

        var item = Assert.Single(await Api.ListAsync("devices", "inbox@devices.test"));
        Assert.Equal("scan..ner@office_1.test", item.Envelope.From);
        Assert.StartsWith("Return-Path: <\"scan..ner\"@office_1.test>\r\n", Encoding.ASCII.GetString(await Api.RawAsync("devices", item.Id)), StringComparison.Ordinal);
    }
}
