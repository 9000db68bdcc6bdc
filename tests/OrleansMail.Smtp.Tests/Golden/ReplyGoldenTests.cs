using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using OrleansMail.Smtp.Replies;
using OrleansMail.Testing;
using OrleansMail.Testing.Smtp;

namespace OrleansMail.Smtp.Tests.Golden;

public sealed partial class ReplyGoldenTests
{
    [Fact]
    public async Task The_replies_are_those_of_the_golden_file() =>
        GoldenFile.Check("replies.txt", string.Concat((await RepliesAsync()).Select(static reply => reply + "\n")));

    [Fact]
    public async Task The_page_names_exactly_the_replies_there_are()
    {
        var page = File.ReadAllText(Path.Combine(Root(), "docs", "protocol.md"));
        var table = page[page.IndexOf("\n## Replies\n", StringComparison.Ordinal)..page.IndexOf("\n## AUTH\n", StringComparison.Ordinal)];
        var named = Reply().Matches(table).Select(static match => match.Groups[1].Value).Distinct().Order(StringComparer.Ordinal);

        // Of a reply with several lines, and of HELP's list of verbs, the page names the first line and the beginning.
        Assert.Equal(
            (await RepliesAsync()).Select(static reply => Verbs().Replace(reply.Split('\n')[0], "Commands: …")).Distinct().Order(StringComparer.Ordinal),
            named);
    }

    private static async Task<IReadOnlyList<string>> RepliesAsync()
    {
        const BindingFlags Statics = BindingFlags.Public | BindingFlags.Static;
        var fixedReplies = typeof(StandardReplies).GetFields(Statics).Select(static field => (SmtpReply)field.GetValue(null)!);
        var withHost = typeof(StandardReplies).GetMethods(Statics).Select(static method => (SmtpReply)method.Invoke(null, ["<host>"])!);

        // Made at run time.
        await using var engine = new Engine(static options => options.HostName = "<host>");
        await using var client = Conversation.Start(engine.Server);
        string[] made = [await client.ReadReplyAsync(), await client.AskAsync("HELO a.test"), await client.AskAsync("EHLO a.test"), await client.AskAsync("HELP"),
            await AskForChunkAsync(client)];
        await using var local = Conversation.Start(engine.Server, listener: new SmtpListenerOptions { Lmtp = true });
        made = [.. made, await local.ReadReplyAsync()];
        return [.. fixedReplies.Concat(withHost).Select(static reply => reply.ToString()).Concat(made.Select(Plain)).Order(StringComparer.Ordinal)];
    }

    private static async Task<string> AskForChunkAsync(Conversation client)
    {
        await client.BeginTransactionAsync();
        return (await client.SendChunkAsync("A: b")).Replace("4 octets", "<n> octets", StringComparison.Ordinal);
    }

    private static string Plain(string reply) => reply.Replace("250-", "250 ", StringComparison.Ordinal).Replace("Hello there", "Hello <peer>", StringComparison.Ordinal);

    private static string Root([CallerFilePath] string test = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(test)!, "..", "..", ".."));

    [GeneratedRegex("`([2-5][0-9][0-9] [^`]+)`")]
    private static partial Regex Reply();

    [GeneratedRegex("Commands: .*")]
    private static partial Regex Verbs();
}
