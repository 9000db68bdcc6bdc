namespace OrleansMail.Benchmarks.Compare.Peers;

/// <summary>Peers of node come from npm, in a version that is named, into a folder of their own below the user's cache.</summary>
internal static class NpmPackage
{
    /// <summary>Installs a package that is absent.</summary>
    /// <returns>The package's folder.</returns>
    /// <exception cref="PeerMissingException">It is absent and can't be had.</exception>
    public static async Task<string> EnsureAsync(string package, string version, CancellationToken cancellationToken)
    {
        var folder = Path.Combine(CacheFolder(), $"{package}-{version}");
        var installed = Path.Combine(folder, "node_modules", package);

        // npm writes this file last.
        if (File.Exists(Path.Combine(folder, "node_modules", ".package-lock.json")) && Directory.Exists(installed))
            return installed;
        string[] arguments = ["install", "--prefix", folder, "--ignore-scripts", "--omit=optional", "--no-audit", "--no-fund", "--loglevel=error", $"{package}@{version}"];
        var (exitCode, output) = await Tool.RunAsync("npm", arguments, cancellationToken);
        return exitCode switch
        {
            0 => installed,
            null => throw new PeerMissingException($"{package} is installed by npm, which is not there"),
            _ => throw new PeerMissingException($"{package} could not be installed: {output.Trim().Split('\n')[0]}"),
        };
    }

    private static string CacheFolder()
    {
        var cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
        if (string.IsNullOrEmpty(cache))
            cache = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        return Path.Combine(cache, "orleansmail-benchmarks");
    }
}
