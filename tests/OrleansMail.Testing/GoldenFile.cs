using System.Runtime.CompilerServices;
using Xunit;

namespace OrleansMail.Testing;

/// <summary>A text pinned in a file; <c>UPDATE_GOLDEN=1</c> rewrites it.</summary>
public static class GoldenFile
{
    /// <summary>Fails unless the file has this text; line ends don't matter.</summary>
    /// <param name="path">The file, relative to the folder of its test.</param>
    /// <param name="actual">The text.</param>
    /// <param name="test">The test's source file.</param>
    public static void Check(string path, string actual, [CallerFilePath] string test = "")
    {
        path = Path.Combine(Path.GetDirectoryName(test)!, path);
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
            File.WriteAllText(path, actual);
        Assert.True(File.Exists(path), $"{path} is missing: run with UPDATE_GOLDEN=1 and review it.");
        Assert.Equal(File.ReadAllText(path).ReplaceLineEndings("\n"), actual.ReplaceLineEndings("\n"));
    }
}
