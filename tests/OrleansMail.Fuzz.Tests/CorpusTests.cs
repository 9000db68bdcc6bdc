using OrleansMail.Testing.Processes;

namespace OrleansMail.Fuzz.Tests;

/// <summary>What fuzzing has found to reach something of its own is played in every run, also where AFL++ is not installed.</summary>
public sealed class CorpusTests
{
    private const int Prefixes = 32;

    public static TheoryData<string> Targets => [.. FuzzTargets.All.Select(target => target.Name)];

    [Theory, MemberData(nameof(Targets))]
    public void What_is_always_true_holds_for_the_whole_corpus_and_when_it_breaks_off(string name)
    {
        var target = FuzzTargets.Find(name);
        var files = Directory.GetFiles(Path.Combine(Repository.Root, "tests", "OrleansMail.Fuzz", "corpus", name));
        Assert.NotEmpty(files);
        foreach (var file in files)
        {
            var input = File.ReadAllBytes(file);
            var step = Repository.LongTests ? 1 : Math.Max(1, input.Length / Prefixes);
            for (var length = input.Length; length >= 0; length -= step)
                Play(target, input[..length], file);
        }
    }

    private static void Play(IFuzzTarget target, byte[] input, string file)
    {
        try
        {
            target.Run(input);
        }
        catch (Exception e)
        {
            Assert.Fail($"{target.Name}, the first {input.Length} octets of {Path.GetFileName(file)}: {e}");
        }
    }
}
