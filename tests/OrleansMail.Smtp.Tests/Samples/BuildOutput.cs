using OrleansMail.Testing.Processes;

namespace OrleansMail.Smtp.Tests.Samples;

/// <summary>What was built together with the running tests, in their configuration.</summary>
internal static class BuildOutput
{
    public static string Configuration { get; } =
        Path.GetFileName(Path.GetDirectoryName(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar)))!;

    public static string Sample(string name) => Path.Combine(Repository.Root, "samples", name, "bin", Configuration, "net10.0", $"{name}.dll");
}
