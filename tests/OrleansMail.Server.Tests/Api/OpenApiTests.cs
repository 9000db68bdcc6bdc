using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using OrleansMail.Testing;

namespace OrleansMail.Server.Tests.Api;

public sealed partial class OpenApiTests(ApiFixture api) : IClassFixture<ApiFixture>
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Fact]
    public async Task The_document_is_the_reviewed_one() =>
        GoldenFile.Check("openapi.golden.json", (await api.GetAsync("/openapi/v1.json")).ToJsonString(Indented) + "\n");

    [Fact]
    public async Task Every_operation_says_what_it_does_shows_an_example_and_lists_its_errors()
    {
        var document = await api.GetAsync("/openapi/v1.json");
        Assert.StartsWith("3.1", (string)document["openapi"]!, StringComparison.Ordinal);
        var ids = new HashSet<string>();
        foreach (var (path, item) in document["paths"]!.AsObject())
        {
            foreach (var (method, operation) in item!.AsObject())
            {
                var where = $"{method} {path}";
                Assert.True(ids.Add((string)operation!["operationId"]!), where);
                Assert.False(string.IsNullOrEmpty((string?)operation["summary"]), where);
                Assert.False(string.IsNullOrEmpty((string?)operation["description"]), where);
                Assert.All(operation["parameters"]?.AsArray() ?? [], p => Assert.False(string.IsNullOrEmpty((string?)p!["description"]), $"{where} {p["name"]}"));
                Assert.All(operation["responses"]!.AsObject(), r => AssertResponse(where, r.Key, r.Value!));
                if (path.StartsWith("/v1", StringComparison.Ordinal))
                {
                    Assert.NotNull(operation["responses"]!["401"]);
                    Assert.NotNull(operation["security"]![0]!["key"]);
                    Assert.NotNull(operation["responses"]!["403"]);
                    Assert.True(!path.Contains("{tenant}", StringComparison.Ordinal) || operation["responses"]!["404"]!.ToJsonString().Contains("tenant_not_found", StringComparison.Ordinal), where);
                }

                if (method is "put" or "post" && operation["requestBody"] is not null)
                    Assert.NotNull(operation["requestBody"]!["content"]!["application/json"]!["example"]);
            }
        }
    }

    [Fact]
    public async Task Every_reference_leads_to_a_named_schema()
    {
        var document = await api.GetAsync("/openapi/v1.json");
        var schemas = document["components"]!["schemas"]!.AsObject().Select(s => s.Key).ToHashSet();
        var referenced = Reference().Matches(document.ToJsonString()).Select(m => m.Groups[1].Value).Distinct().ToList();
        Assert.Contains("Problem", referenced);
        Assert.All(referenced, name => Assert.Contains(name, schemas));
        Assert.All(schemas, name => Assert.Matches("^[A-Z][A-Za-z]+$", name));
        Assert.DoesNotContain(schemas, name => name.Contains("Resource", StringComparison.Ordinal) || name.Contains("Of", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_documentation_page_loads_nothing_from_another_host()
    {
        using var response = await api.Client.GetAsync("/docs/");
        var page = await response.Content.ReadAsStringAsync();
        Assert.Equal("text/html", response.Content.Headers.ContentType!.MediaType);
        Assert.DoesNotMatch("(src|href)=[\"']?(https?:)?//", page);
        Assert.DoesNotContain("cdn", page, StringComparison.OrdinalIgnoreCase);
        var policy = Assert.Single(response.Headers.GetValues("Content-Security-Policy"));
        Assert.StartsWith("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("http", policy, StringComparison.Ordinal);
        foreach (Match script in Source().Matches(page))
            (await api.Client.GetAsync(new Uri(new Uri(api.Address, "/docs/"), script.Groups[1].Value))).EnsureSuccessStatusCode();
        Assert.NotEmpty(Source().Matches(page));
    }

    private static void AssertResponse(string where, string status, JsonNode response)
    {
        Assert.False(string.IsNullOrEmpty((string?)response["description"]), $"{where} {status}");
        foreach (var (type, media) in response["content"]?.AsObject() ?? [])
            Assert.True(media!["example"] is not null || media["examples"] is not null, $"{where} {status} {type} has no example");
    }

    [GeneratedRegex("\"#/components/schemas/([^\"]+)\"")]
    private static partial Regex Reference();

    [GeneratedRegex("<script[^>]*src=[\"']([^\"']+)[\"']")]
    private static partial Regex Source();
}
