using System.Text.RegularExpressions;
using OrleansMail.Testing.Processes;

namespace OrleansMail.Server.Tests.WholeSystem;

/// <summary>The first five minutes: what the server prints and what the README shows works exactly as pasted.</summary>
public sealed class FirstRunTests
{
    [Fact]
    public async Task The_lines_that_the_server_prints_send_list_and_read_a_first_message()
    {
        var bash = CommandRunner.Require("bash");
        CommandRunner.Require("curl");
        await using var server = await ServerProcess.StartAsync(new ServerSettings { Development = true });
        await server.WaitForOutputAsync("Ctrl+C");
        var printed = server.Output.Split('\n').Where(line => line.Contains("curl ", StringComparison.Ordinal)).ToArray();
        Assert.Equal(3, printed.Length);

        var results = new List<CommandResult>();
        foreach (var line in printed)
            results.Add((await CommandRunner.RunAsync(bash, ["-c", line])).EnsureSuccess());

        Assert.Contains("\"subject\":\"Hello\"", results[1].Output, StringComparison.Ordinal);
        Assert.Contains("\r\nSubject: Hello\r\n\r\nIt works.\r\n", results[2].Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_tour_of_the_README_works_as_pasted()
    {
        CommandRunner.Require("curl");
        await using var server = await ServerProcess.StartAsync(new ServerSettings { Development = true });
        var steps = TourStep.Read();
        Assert.NotEmpty(steps);

        var outputs = await TourStep.RunAsync(steps, command => command
            .Replace("127.0.0.1:2525", server.Smtp.ToString(), StringComparison.Ordinal)
            .Replace("127.0.0.1:8025", server.Http.Authority, StringComparison.Ordinal));

        Assert.Equal(steps.Count, outputs.Length);
        foreach (var (step, output) in steps.Zip(outputs))
            step.Verify(output);
    }

    [Fact]
    public void The_README_names_only_files_that_exist()
    {
        foreach (var page in new[] { "README.md", "CONTRIBUTING.md", "docs/README.md", "docs/decisions/README.md", "infra/README.md" })
        {
            var folder = Path.GetDirectoryName(Path.Combine(Repository.Root, page))!;
            var missing = Regex.Matches(File.ReadAllText(Path.Combine(Repository.Root, page)), @"\]\(([^)#:]+)\)")
                .Select(link => link.Groups[1].Value).Where(link => !Path.Exists(Path.Combine(folder, link)));
            Assert.True(!missing.Any(), $"{page} links to {string.Join(", ", missing)}");
        }
    }
}
