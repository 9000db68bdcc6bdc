using OrleansMail.Server.Tests.Corpus;
using OrleansMail.Testing.Processes;

namespace OrleansMail.Server.Tests.Clients;

[Collection(nameof(CorpusCollection))]
public sealed class SwaksTests(CorpusServer server)
{
    public static TheoryData<string> Messages => [.. CorpusFile.Names()];

    [Theory, MemberData(nameof(Messages))]
    public async Task A_message_sent_with_swaks_comes_out_byte_for_byte(string name)
    {
        var swaks = CommandRunner.Require("swaks");
        var file = CorpusFile.Load(name);
        var mailbox = await server.NewMailboxAsync("swaks", file);
        using var folder = new TemporaryFolder();
        // As it is, swaks turns bare newlines into CRLF and adds an empty line; told not to, it wants dots and the end to be ours.
        await File.WriteAllBytesAsync(folder.File("data"), DotStuffing.Encode(file.Content)[..^2]);

        var sender = file.Sender.Length == 0 ? "<>" : file.Sender;
        var arguments = new[] { "--server", $"{server.Smtp}", "--from", sender, "--to", mailbox, "--no-data-fixup", "--data", $"@{folder.File("data")}" };
        (await CommandRunner.RunAsync(swaks, arguments)).EnsureSuccess();

        await server.VerifyAsync(mailbox, file, file.AsStored);
    }
}
