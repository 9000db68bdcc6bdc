using System.Reflection;
using System.Runtime.CompilerServices;
using OrleansMail.Server.Api.Problems;

namespace OrleansMail.Server.Tests.Api;

public sealed class DocumentationTests
{
    [Fact]
    public void Every_code_is_explained_in_the_documentation()
    {
        var page = File.ReadAllText(Path.Combine(Path.GetDirectoryName(Here())!, "../../../docs/api.md"));
        foreach (var field in typeof(ProblemCodes).GetFields(BindingFlags.Public | BindingFlags.Static))
        {
            var code = (ProblemCode)field.GetValue(null)!;
            Assert.Contains($"| `{code.Code}` | {code.Status} | {code.Title} | {code.Detail} |", page, StringComparison.Ordinal);
        }
    }

    private static string Here([CallerFilePath] string path = "") => path;
}
