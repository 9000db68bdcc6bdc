using OrleansMail.Server.Tests.Corpus;
using OrleansMail.Testing.Processes;

namespace OrleansMail.Server.Tests.Clients;

[Collection(nameof(CorpusCollection))]
public sealed class CurlTests(CorpusServer server)
{
    public static TheoryData<string> Messages => [.. CorpusFile.Names()];

    [Theory, MemberData(nameof(Messages))]
    public async Task A_message_sent_with_curl_comes_out_byte_for_byte(string name)
    {
        var curl = CommandRunner.Require("curl");
        var file = CorpusFile.Load(name);
        var mailbox = await server.NewMailboxAsync("curl", file);

        var arguments = new[] { "-sS", $"smtp://{server.Smtp}", "--mail-from", file.Sender, "--mail-rcpt", mailbox, "--upload-file", "-" };
        (await CommandRunner.RunAsync(curl, arguments, file.Content)).EnsureSuccess();

        await server.VerifyAsync(mailbox, file, file.AsStored);
    }
}
