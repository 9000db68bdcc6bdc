namespace OrleansMail.Server.Tests.WholeSystem;

/// <summary>The transcripts of PROXY and XCLIENT, played against a whole server that believes them.</summary>
public sealed class ProxyConformanceTests(ProxyConformanceServer server) : IClassFixture<ProxyConformanceServer>
{
    public static TheoryData<string> Cases => ConformanceServer.CasesFor("proxy", "requireProxy");

    [Theory, MemberData(nameof(Cases))]
    public Task The_server_answers_and_delivers_as_the_transcript_allows(string id) => server.PlayAsync(id);
}
