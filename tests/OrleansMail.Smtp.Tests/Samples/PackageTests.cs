using System.IO.Compression;
using System.Xml.Linq;
using OrleansMail.Testing.Processes;

namespace OrleansMail.Smtp.Tests.Samples;

/// <summary>The NuGet package: what is in it, and that a stranger's project builds against it.</summary>
public sealed class PackageTests
{
    private static readonly string[] Quiet = ["--nologo", "-v", "q", "-m:1", "-nodeReuse:false"];

    [Fact]
    public async Task The_package_has_all_that_it_needs_and_a_project_elsewhere_builds_with_it()
    {
        using var folder = new TemporaryFolder();
        var project = Path.Combine(Repository.Root, "src", "OrleansMail.Smtp");
        await DotnetAsync(folder, null, "pack", project, "--no-build", "-c", BuildOutput.Configuration, "-o", folder.Path);
        var package = Assert.Single(Directory.GetFiles(folder.Path, "*.nupkg"));
        Assert.Single(Directory.GetFiles(folder.Path, "*.snupkg"));

        var version = CheckContent(package);
        await BuildElsewhereAsync(folder, version);
    }

    private static string CheckContent(string package)
    {
        using var zip = ZipFile.OpenRead(package);
        Assert.Superset(
            new HashSet<string>(["README.md", "lib/net10.0/OrleansMail.Smtp.dll", "lib/net10.0/OrleansMail.Smtp.xml"]),
            zip.Entries.Select(static entry => entry.FullName).ToHashSet());
        using var stream = zip.GetEntry("OrleansMail.Smtp.nuspec")!.Open();
        var metadata = XDocument.Load(stream).Root!.Elements().Single(static element => element.Name.LocalName == "metadata");
        string Value(string name) => metadata.Elements().Single(element => element.Name.LocalName == name).Value;
        Assert.Equal(("OrleansMail.Smtp", "MIT", "README.md"), (Value("id"), Value("license"), Value("readme")));
        Assert.Contains("smtp", Value("tags"));
        Assert.NotEmpty(Value("description"));
        // An embedder gets the framework and nothing else.
        Assert.Contains(metadata.Descendants(), static element => element.Attribute("name")?.Value == "Microsoft.AspNetCore.App");
        Assert.DoesNotContain(metadata.Descendants(), static element => element.Name.LocalName == "dependency");
        return Value("version");
    }

    private static async Task BuildElsewhereAsync(TemporaryFolder folder, string version)
    {
        var elsewhere = Directory.CreateDirectory(folder.File("elsewhere")).FullName;
        await File.WriteAllTextAsync(Path.Combine(elsewhere, "nuget.config"), """
            <configuration>
              <config><add key="globalPackagesFolder" value="../packages" /></config>
              <packageSources><clear /><add key="here" value=".." /></packageSources>
            </configuration>
            """);
        await File.WriteAllTextAsync(Path.Combine(elsewhere, "Elsewhere.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk.Web">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                <UseAppHost>false</UseAppHost>
                <NuGetAudit>false</NuGetAudit>
              </PropertyGroup>
              <ItemGroup><PackageReference Include="OrleansMail.Smtp" Version="{version}" /></ItemGroup>
            </Project>
            """);
        File.Copy(Path.Combine(Repository.Root, "samples", "FolderServer", "Program.cs"), Path.Combine(elsewhere, "Program.cs"));
        await DotnetAsync(folder, elsewhere, "build");

        Assert.True(File.Exists(Path.Combine(elsewhere, "bin", "Debug", "net10.0", "OrleansMail.Smtp.dll")));
    }

    // The build leaves empty folders in the temporary folder that it is given.
    private static async Task DotnetAsync(TemporaryFolder temporary, string? folder, params string[] arguments) =>
        (await CommandRunner.RunAsync("env", [$"TMPDIR={temporary.Path}", "dotnet", .. arguments, .. Quiet], folder: folder)).EnsureSuccess();
}
