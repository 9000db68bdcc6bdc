namespace OrleansMail.Benchmarks.Compare.Peers;

/// <summary>Peers come as packages of the distribution.</summary>
internal static class DebianPackage
{
    /// <summary>Installs a package that is absent; only root may.</summary>
    /// <exception cref="PeerMissingException">It is absent and can't be had.</exception>
    public static async Task EnsureAsync(string package, CancellationToken cancellationToken)
    {
        if (await VersionAsync(package, cancellationToken) is not null)
            return;
        if (Environment.UserName != "root")
            throw new PeerMissingException($"{package} is not installed, and only root can install it");
        var (exitCode, output) = await Tool.RunAsync("apt-get", ["install", "-y", "--no-install-recommends", package], cancellationToken);
        if (exitCode != 0)
            throw new PeerMissingException($"{package} could not be installed: {output.Trim().Split('\n')[^1]}");
    }

    /// <summary>The upstream version installed; null when it is not.</summary>
    public static async Task<string?> VersionAsync(string package, CancellationToken cancellationToken)
    {
        var (exitCode, output) = await Tool.RunAsync("dpkg-query", ["-W", "-f", "${db:Status-Status} ${source:Upstream-Version}", package], cancellationToken);
        return exitCode == 0 && output.StartsWith("installed ", StringComparison.Ordinal) ? output["installed ".Length..] : null;
    }
}
