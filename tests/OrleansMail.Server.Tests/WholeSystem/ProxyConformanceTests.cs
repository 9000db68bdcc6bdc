using OrleansMail.Conformance;

namespace OrleansMail.Server.Tests.WholeSystem;

/// <summary>The transcripts of PROXY and XCLIENT, played against a whole server that believes them.</summary>
public sealed class ProxyConformanceTests(ProxyConformanceServer server) : IClassFixture<ProxyConformanceServer>
{
    private static readonly IReadOnlyList<TranscriptCase> All = TranscriptCase.LoadFolder();

    public static TheoryData<string> Cases => [.. All.Where(one => one.Listener is "proxy" or "requireProxy").Select(one => one.Id)];

    [Theory, MemberData(nameof(Cases))]
    public async Task The_server_answers_and_delivers_as_the_transcript_allows(string id)
    {
        var one = All.Single(candidate => candidate.Id == id);
        await server.RenewMailboxesAsync();
        var played = await TranscriptPlayer.PlayAsync(one, server.Listener(one.Listener), server.TakeCopiesAsync);

        Assert.SkipWhen(played.Skipped is not null, $"needs {played.Skipped}, which is not offered");
        Assert.Empty(played.Problems);
    }
}
