namespace OrleansMail.Testing.Processes;

/// <summary>A folder of its own that is gone when disposed.</summary>
public sealed class TemporaryFolder : IDisposable
{
    /// <summary>Creates it, empty.</summary>
    public TemporaryFolder() => Path = Directory.CreateTempSubdirectory("orleansmail-").FullName;

    /// <summary>Its full path.</summary>
    public string Path { get; }

    /// <summary>A path inside it.</summary>
    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Directory.Exists(Path))
            Directory.Delete(Path, recursive: true);
    }
}
