using System.Text.RegularExpressions;
using OrleansMail.Testing.Processes;

namespace OrleansMail.Server.Tests.WholeSystem;

/// <summary>The commands of the README's tour, each with the answer that is shown for it.</summary>
/// <param name="Command">As pasted into bash.</param>
/// <param name="Expected">The lines shown; <c>…</c> stands for anything. Null when none are shown.</param>
internal sealed record TourStep(string Command, string? Expected)
{
    private const string Separator = "----- next step -----";

    /// <summary>Reads the steps between the README's markers.</summary>
    public static IReadOnlyList<TourStep> Read()
    {
        var readme = File.ReadAllText(Path.Combine(Repository.Root, "README.md"));
        var tour = readme[readme.IndexOf("<!-- tour -->", StringComparison.Ordinal)..readme.IndexOf("<!-- /tour -->", StringComparison.Ordinal)];
        var steps = new List<TourStep>();
        foreach (Match block in Regex.Matches(tour, "```(bash|text)\n(.*?)```", RegexOptions.Singleline))
        {
            if (block.Groups[1].Value == "bash")
                steps.Add(new TourStep(block.Groups[2].Value, null));
            else
                steps[^1] = steps[^1] with { Expected = block.Groups[2].Value };
        }

        return steps;
    }

    /// <summary>Runs all steps in one shell, as a person does in one terminal, and returns what each printed.</summary>
    public static async Task<string[]> RunAsync(IEnumerable<TourStep> steps, Func<string, string> substitute)
    {
        var script = string.Join($"\necho '{Separator}'\n", steps.Select(step => substitute(step.Command)));
        var result = await CommandRunner.RunAsync(CommandRunner.Require("bash"), ["-u", "-c", script]);
        return result.EnsureSuccess().Output.Split(Separator + "\n");
    }

    /// <summary>Whether an output is what is shown.</summary>
    public void Verify(string output)
    {
        if (Expected is null)
            return;
        var pattern = "^" + Regex.Escape(Expected.TrimEnd()).Replace("…", ".*?", StringComparison.Ordinal) + @"\s*$";
        Assert.True(Regex.IsMatch(output.ReplaceLineEndings("\n"), pattern, RegexOptions.Singleline), $"{Command}\nprinted\n{output}\nwhere the README shows\n{Expected}");
    }
}
