using OrleansMail.Conformance;

namespace OrleansMail.Server.Tests.WholeSystem;

/// <summary>The transcripts, played against the whole server over a real socket; what was delivered is asked of the API.</summary>
public sealed class ConformanceTests(ConformanceServer server) : IClassFixture<ConformanceServer>
{
    private static readonly IReadOnlyList<TranscriptCase> All = TranscriptCase.LoadFolder();

    // Those of proxies have a server of their own; others need credentials that the transcripts name.
    public static TheoryData<string> Cases => [.. All.Where(one => one.Listener is "smtp" or "lmtp" or "authPlaintext").Select(one => one.Id)];

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
