using System.Net.Http.Json;
using System.Text.Json;

namespace OrleansMail.Server.Tests.WholeSystem;

/// <summary>The same with AUTH, under TLS from the first octet and after STARTTLS; a key of the tenant is the password of the transcripts' user.</summary>
public sealed class AuthConformanceServer : ConformanceServer
{
    protected override IReadOnlyList<(string Name, string[] Settings)> Listeners =>
        [("smtp", []), ("authPlaintext", ["Auth=true"]), ("auth", ["Auth=true", "Tls=Implicit"])];

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        using var answer = await Process.Api.Http.PostAsJsonAsync($"/v1/tenants/{Tenant}/keys", new { name = "program", scopes = new[] { "mail:submit" } });
        var key = await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>();
        Password = key.GetProperty("secret").GetString()!;
    }
}
