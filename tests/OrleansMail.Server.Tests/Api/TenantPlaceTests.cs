using OrleansMail.Contracts.Tenants;

namespace OrleansMail.Server.Tests.Api;

/// <summary>A tenant's own store and key, between the API and the tenant.</summary>
public sealed class TenantPlaceTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    private const string Body = """
        {"store":{"account":"https://acme.blob.core.windows.net/","container":"mail","sas":"sv=1&sig=secret","encryptionScope":"scope"},"encryption":{"key":"file:acme"}}
        """;

    [Fact]
    public async Task A_store_and_a_key_reach_the_tenant_as_they_were_set()
    {
        (await api.PutAsync("/v1/tenants/placed", Body)).EnsureSuccessStatusCode();

        var settings = api.Cluster.Tenant("placed").Received!;
        Assert.Equal(new TenantStoreSettings("https://acme.blob.core.windows.net", "mail", "scope") { Sas = "sv=1&sig=secret" }, settings.Store);
        Assert.Equal("file:acme", settings.Encryption!.Key);
    }

    [Fact]
    public async Task They_are_shown_as_they_were_set_without_the_signature()
    {
        using var answer = await api.PutAsync("/v1/tenants/shown", Body);
        Assert.DoesNotContain("secret", await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync(), StringComparison.Ordinal);

        var shown = await api.GetAsync("/v1/tenants/shown");

        Assert.Equal(
            """{"account":"https://acme.blob.core.windows.net","container":"mail","sas":null,"hasSas":true,"encryptionScope":"scope"}""",
            shown["store"]!.ToJsonString());
        Assert.Equal("""{"key":"file:acme"}""", shown["encryption"]!.ToJsonString());
    }

    [Fact]
    public async Task What_a_change_does_not_mention_is_no_store_and_no_key()
    {
        (await api.PutAsync("/v1/tenants/shared", "{}")).EnsureSuccessStatusCode();

        var settings = api.Cluster.Tenant("shared").Received!;

        Assert.Equal((null, null), (settings.Store, settings.Encryption));
    }
}
