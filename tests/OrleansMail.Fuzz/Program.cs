using System.Runtime.InteropServices;
using OrleansMail.Fuzz;
using SharpFuzz;

const int CoverageMap = 65536; // AFL's

// What fuzz.sh calls; docs/fuzzing.md tells more.
switch (args)
{
    case ["targets"]:
        foreach (var target in FuzzTargets.All)
            Console.WriteLine(target.Name);
        return 0;
    case ["instrument", var assembly]:
        Fuzzer.Instrument(assembly, static _ => true, Options.Value);
        return 0;
    case ["afl", var name, var corpus]:
        return RunUnderAfl(FuzzTargets.Find(name), corpus);
    case ["replay", var name, .. var files]:
        return Replay(FuzzTargets.Find(name), files);
    default:
        Console.Error.WriteLine("usage: targets | instrument ASSEMBLY | afl TARGET CORPUS | replay TARGET FILE...");
        return 2;
}

static unsafe int RunUnderAfl(IFuzzTarget target, string corpus)
{
    // What is done once only, by static constructors and the like, is no coverage of an input.
    SharpFuzz.Common.Trace.SharedMem = (byte*)NativeMemory.AllocZeroed(CoverageMap);
    foreach (var file in Directory.GetFiles(corpus))
        target.Run(File.ReadAllBytes(file));
    Fuzzer.Run(stream =>
    {
        using var octets = new MemoryStream();
        stream.CopyTo(octets);
        target.Run(octets.ToArray());
    });
    return 0;
}

static int Replay(IFuzzTarget target, string[] files)
{
    var findings = 0;
    foreach (var file in files)
    {
        try
        {
            target.Run(File.ReadAllBytes(file));
        }
        catch (Exception e)
        {
            findings++;
            Console.WriteLine($"{file}: {e}");
        }
    }

    Console.WriteLine($"{files.Length} inputs, {findings} findings");
    return findings == 0 ? 0 : 1;
}
