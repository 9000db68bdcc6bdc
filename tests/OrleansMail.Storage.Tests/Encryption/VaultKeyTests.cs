using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Azure.Core;
using Azure.Core.Pipeline;
using OrleansMail.Contracts.Storage;
using OrleansMail.Storage.Encryption;
using System.Buffers.Text;

namespace OrleansMail.Storage.Tests.Encryption;

/// <summary>Keys in a vault, against a small vault on loopback that speaks its REST API.</summary>
public sealed class VaultKeyTests : IAsyncDisposable
{
    private const string Name = "https://acme.vault.azure.net/keys/mail/0123456789abcdef";

    private readonly LoopbackVault vault = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => vault.DisposeAsync();

    [Fact]
    public async Task A_key_wrapped_by_the_vault_unwraps_there_for_its_tenant_alone()
    {
        var key = vault.Keys.Find(Name);
        var data = RandomNumberGenerator.GetBytes(32);

        var wrapped = await key.WrapAsync(Keys.Tenant, data, Cancel);

        Assert.Equal(data, await key.UnwrapAsync(Keys.Tenant, wrapped, Cancel));
        await Assert.ThrowsAsync<TenantKeyUnavailableException>(async () => await key.UnwrapAsync(Keys.Fixed(2), wrapped, Cancel));
        Assert.Equal(
            ["/keys/mail/0123456789abcdef/wrapkey?api-version=7.4", "/keys/mail/0123456789abcdef/unwrapkey?api-version=7.4"],
            vault.Requests.Distinct());
        Assert.All(vault.Authorizations, header => Assert.Equal("Bearer of https://vault.azure.net/.default", header));
    }

    [Theory]
    [InlineData(403)]
    [InlineData(404)]
    public async Task A_refusal_or_a_wrong_answer_makes_the_key_unavailable(int status)
    {
        var key = vault.Keys.Find(Name);
        var wrapped = await key.WrapAsync(Keys.Tenant, new byte[32], Cancel);

        vault.Status = status;
        await Assert.ThrowsAsync<TenantKeyUnavailableException>(async () => await key.UnwrapAsync(Keys.Tenant, wrapped, Cancel));
        (vault.Status, vault.Answer) = (200, """{"value":"***"}""");
        await Assert.ThrowsAsync<TenantKeyUnavailableException>(async () => await key.UnwrapAsync(Keys.Tenant, wrapped, Cancel));
    }

    [Theory]
    [InlineData("https://evil.example/keys/mail/0123abcd")]
    [InlineData("https://vault.azure.net.evil.example/keys/mail/0123abcd")]
    [InlineData("https://evilvault.azure.net/keys/mail/0123abcd")]
    [InlineData("http://acme.vault.azure.net/keys/mail/0123abcd")]
    [InlineData("https://acme.vault.azure.net:8443/keys/mail/0123abcd")]
    [InlineData("https://acme.vault.azure.net/keys/mail")]
    [InlineData("https://acme.vault.azure.net/secrets/mail/1")]
    [InlineData("https://acme.vault.azure.net/keys/mail/0123abcd?x=y")]
    public void The_token_goes_to_no_other_host_or_path(string name) =>
        Assert.Throws<TenantKeyUnavailableException>(() => vault.Keys.Find(name));

    private sealed class LoopbackVault : IAsyncDisposable
    {
        private readonly RSA rsa = RSA.Create(2048);
        private readonly HttpListener listener = new();
        private readonly Task serving;

        public LoopbackVault()
        {
            var port = Testing.Processes.FreePorts.Take(1)[0];
            listener.Prefixes.Add($"http://127.0.0.1:{port}/");
            listener.Start();
            serving = ServeAsync();
            Keys = new VaultKeyEncryptionKeys(new FakeCredential(), new HttpClientTransport(new HttpClient(new ToLoopback(port))));
        }

        public VaultKeyEncryptionKeys Keys { get; }

        public int Status { get; set; } = 200;

        public string? Answer { get; set; }

        public List<string> Requests { get; } = [];

        public List<string?> Authorizations { get; } = [];

        public async ValueTask DisposeAsync()
        {
            listener.Stop();
            await serving;
            rsa.Dispose();
        }

        private async Task ServeAsync()
        {
            while (listener.IsListening)
            {
                HttpListenerContext context;
                try
                {
                    context = await listener.GetContextAsync();
                }
                catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException)
                {
                    return;
                }

                await AnswerAsync(context);
            }
        }

        private async Task AnswerAsync(HttpListenerContext context)
        {
            Requests.Add(context.Request.RawUrl!);
            Authorizations.Add(context.Request.Headers["Authorization"]);
            var body = (await JsonNode.ParseAsync(context.Request.InputStream))!;
            context.Response.StatusCode = Status;
            if (Status == 200)
            {
                Assert.Equal("RSA-OAEP-256", (string)body["alg"]!);
                var value = Base64Url.DecodeFromChars((string)body["value"]!);
                var result = context.Request.RawUrl!.Contains("/wrapkey", StringComparison.Ordinal)
                    ? rsa.Encrypt(value, RSAEncryptionPadding.OaepSHA256)
                    : rsa.Decrypt(value, RSAEncryptionPadding.OaepSHA256);
                var text = Answer ?? $$"""{"kid":"{{Name}}","value":"{{Base64Url.EncodeToString(result)}}"}""";
                await context.Response.OutputStream.WriteAsync(System.Text.Encoding.ASCII.GetBytes(text));
            }

            context.Response.Close();
        }
    }

    // A token is only sent by https: what is behind the wire is exchanged here.
    private sealed class ToLoopback(int port) : DelegatingHandler(new SocketsHttpHandler())
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.RequestUri = new UriBuilder(request.RequestUri!) { Scheme = "http", Host = "127.0.0.1", Port = port }.Uri;
            return base.SendAsync(request, cancellationToken);
        }
    }

    private sealed class FakeCredential : TokenCredential
    {
        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            new("of " + requestContext.Scopes[0], DateTimeOffset.MaxValue);

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            new(GetToken(requestContext, cancellationToken));
    }
}
