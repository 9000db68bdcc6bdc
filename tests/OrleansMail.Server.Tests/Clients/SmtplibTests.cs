using OrleansMail.Server.Tests.Corpus;
using OrleansMail.Testing.Processes;

namespace OrleansMail.Server.Tests.Clients;

[Collection(nameof(CorpusCollection))]
public sealed class SmtplibTests(CorpusServer server)
{
    private const string Script = """
        import smtplib, sys
        address, port, sender, recipient = sys.argv[1:]
        with smtplib.SMTP(address, int(port), timeout=50) as client:
            client.sendmail(sender, [recipient], sys.stdin.buffer.read(), mail_options=["BODY=8BITMIME"])
        """;

    /// <summary>smtplib takes a bare LF for a line's end and doubles the dot behind it, so that message is not ours to compare.</summary>
    public static TheoryData<string> Messages => [.. CorpusFile.Names().Except(["bare-newlines"])];

    [Theory, MemberData(nameof(Messages))]
    public async Task A_message_sent_with_smtplib_comes_out_byte_for_byte(string name)
    {
        var python = CommandRunner.Require("python3");
        var file = CorpusFile.Load(name);
        var mailbox = await server.NewMailboxAsync("smtplib", file);

        var arguments = new[] { "-c", Script, $"{server.Smtp.Address}", $"{server.Smtp.Port}", file.Sender, mailbox };
        (await CommandRunner.RunAsync(python, arguments, file.Content)).EnsureSuccess();

        await server.VerifyAsync(mailbox, file, file.AsStored);
    }
}
