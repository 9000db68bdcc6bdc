using System.Reflection;
using OrleansMail.Server.Gateway;
using OrleansMail.Smtp;
using OrleansMail.Smtp.Limits;
using OrleansMail.Testing.Processes;

namespace OrleansMail.Server.Tests.Gateway;

/// <summary>The words of decisions: each refusal has one, and the page of metrics explains each.</summary>
public sealed class DecisionTests
{
    private static IEnumerable<string> Words => new[] { typeof(SmtpReasons), typeof(GatewayReasons) }
        .SelectMany(static type => type.GetFields(BindingFlags.Public | BindingFlags.Static))
        .Select(static one => (string)one.GetValue(null)!);

    [Fact]
    public void Every_refusal_of_the_gateway_has_a_word_of_the_list()
    {
        var replies = typeof(GatewayReplies).GetFields(BindingFlags.Public | BindingFlags.Static).Select(static field => (SmtpReply)field.GetValue(null)!);

        Assert.All(replies, static reply => Assert.Contains(reply.Reason, Words));
    }

    [Fact]
    public async Task The_metrics_page_explains_every_word_of_a_refusal_and_no_other()
    {
        var page = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "operations", "metrics.md"));
        var table = page[page.IndexOf("## Reasons of refusals", StringComparison.Ordinal)..];
        var explained = table.Split('\n').Where(static line => line.StartsWith("| `", StringComparison.Ordinal))
            .SelectMany(static line => line.Split('|')[1].Split(',')).Select(static word => word.Trim().Trim('`'));

        Assert.Equal(Words.Where(static word => word != SmtpReasons.Accepted).Order(), explained.Order());
    }
}
