using System.Text;

namespace OrleansMail.Smtp.Tests.Differential;

/// <summary>The page of deliberate differences, made from their list.</summary>
internal static class DifferencePage
{
    private const string Front = """
        # How we differ from other receivers

        The transcripts of `tests/OrleansMail.Conformance/cases` are played to the engine and to small receivers on Debian's python3-twisted and python3-aiosmtpd
        (`tests/OrleansMail.Smtp.Tests/Differential`). What is compared are the reply codes, the state of the connection, the number of delivered
        copies and what they hold, up to the first difference of a case that leaves the two in different states. Each difference below is meant; a test fails when
        there is another, and when one of these no longer occurs. Cases that need an extension which one side does not offer are not compared,
        nor are those for another listener than the ordinary one (LMTP, AUTH, PROXY): the others have none. A `*` stands for anything.

        This page is made from `differences.json` there: change that, then run the test with `UPDATE_GOLDEN=1`.

        """;

    private static readonly (string Peer, string Title)[] Peers = [("twisted", "Twisted"), ("aiosmtpd", "aiosmtpd")];

    public static string Write(IReadOnlyList<DeliberateDifference> differences)
    {
        var page = new StringBuilder(Front.ReplaceLineEndings("\n"));
        foreach (var (peer, title) in Peers)
        {
            page.Append("\n## ").Append(title).Append("\n\n| command | we | they | why |\n| --- | --- | --- | --- |\n");
            foreach (var one in differences.Where(one => one.Peer == peer))
                page.Append("| ").AppendJoin(" | ", Where(one), one.Ours, one.Theirs, one.Why).Append(" |\n");
        }

        return page.ToString();
    }

    private static string Where(DeliberateDifference one) => one.Cases == "*" ? one.Command : $"{one.Command} (`{one.Cases}`)";
}
