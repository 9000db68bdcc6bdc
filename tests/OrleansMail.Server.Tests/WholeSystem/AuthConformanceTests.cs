namespace OrleansMail.Server.Tests.WholeSystem;

/// <summary>The transcripts of AUTH, played against a whole server: their user's password is a tenant's key.</summary>
public sealed class AuthConformanceTests(AuthConformanceServer server) : IClassFixture<AuthConformanceServer>
{
    public static TheoryData<string> Cases => ConformanceServer.CasesFor("auth", "authPlaintext");

    [Theory, MemberData(nameof(Cases))]
    public Task The_server_answers_and_delivers_as_the_transcript_allows(string id) => server.PlayAsync(id);
}
