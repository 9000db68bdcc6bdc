namespace OrleansMail.Server.Tests.WholeSystem;

/// <summary>The transcripts, played against the whole server over a real socket; what was delivered is asked of the API.</summary>
public sealed class ConformanceTests(ConformanceServer server) : IClassFixture<ConformanceServer>
{
    public static TheoryData<string> Cases => ConformanceServer.CasesFor("smtp", "lmtp", "withoutTls", "requireProxyOfOthers");

    [Theory, MemberData(nameof(Cases))]
    public Task The_server_answers_and_delivers_as_the_transcript_allows(string id) => server.PlayAsync(id);
}
