using System.Buffers.Text;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Azure.Core;
using Azure.Core.Pipeline;
using OrleansMail.Contracts.Storage;
using OrleansMail.Storage.Encryption;

namespace OrleansMail.Storage.Tests.Encryption;

public sealed class KeyVaultTests : IDisposable
{
    private const string Name = "https://acme.vault.azure.net/keys/mail/0123456789abcdef";
    private static readonly byte[] Key = [.. Enumerable.Repeat((byte)7, 32)];

    private readonly Vault vault = new();
    private readonly KeyVaultKeyEncryptionKeys keys;

    public KeyVaultTests()
    {
        var options = new KeyVaultOptions { Transport = new HttpClientTransport(vault) };
        options.Retry.MaxRetries = 0;
        keys = new KeyVaultKeyEncryptionKeys(["acme.vault.azure.net"], new Credential(), options);
    }

    public void Dispose() => vault.Dispose();

    [Fact]
    public async Task A_vault_unwraps_what_it_wrapped()
    {
        var wrapped = await keys.Find(Name).WrapAsync(Keys.Tenant, Key, default);

        Assert.Equal(Key, await keys.Find(Name).UnwrapAsync(Keys.Tenant, wrapped, default));
        Assert.Equal(["/wrapkey?api-version=7.4", "/unwrapkey?api-version=7.4"], vault.Calls.Select(c => c.Replace(Name, "", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_key_wrapped_for_one_tenant_does_not_unwrap_for_another()
    {
        var wrapped = await keys.Find(Name).WrapAsync(Keys.Tenant, Key, default);

        await Assert.ThrowsAsync<TenantKeyUnavailableException>(async () => await keys.Find(Name).UnwrapAsync(Keys.Fixed(2), wrapped, default));
    }

    [Theory, InlineData(HttpStatusCode.Forbidden), InlineData(HttpStatusCode.NotFound), InlineData(HttpStatusCode.ServiceUnavailable), InlineData(null)]
    public async Task A_vault_that_refuses_or_is_away_is_a_key_that_is_not_there(HttpStatusCode? status)
    {
        vault.Fail = () => status is { } code ? new HttpResponseMessage(code) : throw new HttpRequestException("away");

        await Assert.ThrowsAsync<TenantKeyUnavailableException>(async () => await keys.Find(Name).UnwrapAsync(Keys.Tenant, new byte[256], default));
    }

    [Theory]
    [InlineData("https://evil.test/keys/mail/0")]
    [InlineData("https://acme.vault.azure.net@evil.test/keys/mail/0")]
    [InlineData("https://acme.vault.azure.net/secrets/mail/0")]
    [InlineData("http://acme.vault.azure.net/keys/mail/0")]
    public void No_other_host_is_ever_sent_a_token(string name) => Assert.Throws<TenantKeyUnavailableException>(() => keys.Find(name));

    private sealed class Credential : TokenCredential
    {
        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) => new("token", DateTimeOffset.MaxValue);

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            new(GetToken(requestContext, cancellationToken));
    }

    private sealed class Vault : HttpMessageHandler
    {
        private readonly RSA rsa = RSA.Create(2048);

        public List<string> Calls { get; } = [];

        public Func<HttpResponseMessage>? Fail { get; set; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (Fail is not null)
                return Fail();
            Calls.Add(request.RequestUri!.AbsoluteUri);
            Assert.Equal("Bearer token", request.Headers.Authorization!.ToString());
            var operand = await request.Content!.ReadFromJsonAsync<JsonObject>(cancellationToken);
            Assert.Equal("RSA-OAEP-256", (string?)operand!["alg"]);
            var value = Base64Url.DecodeFromChars((string?)operand["value"]);
            var result = request.RequestUri.AbsolutePath.EndsWith("/wrapkey", StringComparison.Ordinal)
                ? rsa.Encrypt(value, RSAEncryptionPadding.OaepSHA256)
                : rsa.Decrypt(value, RSAEncryptionPadding.OaepSHA256);
            return new HttpResponseMessage { Content = JsonContent.Create(new { kid = Name, value = Base64Url.EncodeToString(result) }) };
        }

        protected override void Dispose(bool disposing)
        {
            rsa.Dispose();
            base.Dispose(disposing);
        }
    }
}
