using OrleansMail.Server.Tests.Corpus;
using OrleansMail.Testing.Processes;

namespace OrleansMail.Server.Tests.Clients;

[Collection(nameof(CorpusCollection))]
public sealed class NodemailerTests(CorpusServer server)
{
    private const string Script = """
        const [nodemailer, host, port, from, to] = process.argv.slice(1);
        const chunks = [];
        process.stdin.on('data', chunk => chunks.push(chunk)).on('end', () =>
          require(nodemailer).createTransport({ host, port: Number(port), ignoreTLS: true })
            .sendMail({ envelope: { from, to }, raw: Buffer.concat(chunks) })
            .catch(error => { console.error(error); process.exitCode = 1; }));
        """;

    /// <summary>Nodemailer takes a bare LF for a line's end, so that message is not ours to compare.</summary>
    public static TheoryData<string> Messages => [.. CorpusFile.Names().Except(["bare-newlines"])];

    [Theory, MemberData(nameof(Messages))]
    public async Task A_message_sent_with_Nodemailer_comes_out_byte_for_byte(string name)
    {
        var (nodemailer, reason) = await NodePackages.FindAsync("nodemailer/package.json");
        Assert.SkipWhen(nodemailer is null, reason ?? "");
        var file = CorpusFile.Load(name);
        var mailbox = await server.NewMailboxAsync("nodemailer", file);

        var arguments = new[] { "-e", Script, Path.GetDirectoryName(nodemailer)!, $"{server.Smtp.Address}", $"{server.Smtp.Port}", file.Sender, mailbox };
        (await CommandRunner.RunAsync(CommandRunner.Require("node"), arguments, file.Content)).EnsureSuccess();

        await server.VerifyAsync(mailbox, file, file.AsStored);
    }
}
