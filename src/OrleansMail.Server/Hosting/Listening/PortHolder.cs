using System.Globalization;

namespace OrleansMail.Server.Hosting.Listening;

/// <summary>Finds out which process listens on a port, where the system lets it be seen (Linux, processes of the same user).</summary>
internal static class PortHolder
{
    private const string Listening = "0A"; // TCP_LISTEN in /proc/net/tcp

    /// <summary>The process, as in <c>process 123 (nginx)</c>; null when it can't be seen.</summary>
    public static string? Find(int port)
    {
        if (!OperatingSystem.IsLinux())
            return null;
        try
        {
            var sockets = Sockets("/proc/net/tcp", port).Concat(Sockets("/proc/net/tcp6", port)).ToHashSet();
            return sockets.Count == 0 ? null : Directory.EnumerateDirectories("/proc").Select(process => Describe(process, sockets)).FirstOrDefault(d => d is not null);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static IEnumerable<string> Sockets(string table, int port)
    {
        if (!File.Exists(table))
            yield break;
        var suffix = ":" + port.ToString("X4", CultureInfo.InvariantCulture);
        foreach (var line in File.ReadLines(table).Skip(1))
        {
            var columns = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (columns.Length > 9 && columns[1].EndsWith(suffix, StringComparison.Ordinal) && columns[3] == Listening)
                yield return $"socket:[{columns[9]}]";
        }
    }

    private static string? Describe(string process, HashSet<string> sockets)
    {
        var id = Path.GetFileName(process);
        if (!int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            return null;
        try
        {
            var holds = Directory.EnumerateFileSystemEntries(Path.Combine(process, "fd")).Any(fd => new FileInfo(fd).LinkTarget is { } target && sockets.Contains(target));
            return holds ? $"process {id} ({File.ReadAllText(Path.Combine(process, "comm")).Trim()})" : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null; // it ended meanwhile, or belongs to someone else
        }
    }
}
