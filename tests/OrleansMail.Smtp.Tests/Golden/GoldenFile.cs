using System.Runtime.CompilerServices;

namespace OrleansMail.Smtp.Tests.Golden;

/// <summary>A text pinned in a file beside its test; <c>UPDATE_GOLDEN=1</c> rewrites it.</summary>
internal static class GoldenFile
{
    public static void Check(string name, string actual, [CallerFilePath] string test = "")
    {
        var path = Path.Combine(Path.GetDirectoryName(test)!, name);
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
            File.WriteAllText(path, actual);
        Assert.True(File.Exists(path), $"{name} is missing: run with UPDATE_GOLDEN=1 and review it.");
        Assert.Equal(File.ReadAllText(path).ReplaceLineEndings("\n"), actual);
    }
}
