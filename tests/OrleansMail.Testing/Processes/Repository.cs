namespace OrleansMail.Testing.Processes;

/// <summary>The source tree that the running tests were built from.</summary>
public static class Repository
{
    /// <summary>The folder that holds the solution.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Whether the long variants of tests were asked for (<c>./test.sh --long</c>).</summary>
    public static bool LongTests { get; } = Environment.GetEnvironmentVariable("ORLEANSMAIL_TESTS_LONG") == "1";

    /// <summary>The built server, of the configuration that the tests were built in.</summary>
    public static string ServerAssembly
    {
        get
        {
            var output = Path.GetFileName(Path.GetDirectoryName(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar)))!;
            return Path.Combine(Root, "src", "OrleansMail.Server", "bin", output, "net10.0", "OrleansMail.Server.dll");
        }
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "OrleansMail.sln")))
                return folder.FullName;
        }

        throw new InvalidOperationException($"No OrleansMail.sln above {AppContext.BaseDirectory}.");
    }
}
