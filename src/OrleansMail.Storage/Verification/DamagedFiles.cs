using System.Globalization;

namespace OrleansMail.Storage.Verification;

/// <summary>Something that a repair did or could not do.</summary>
/// <param name="Path">The file.</param>
/// <param name="Detail">For people.</param>
public sealed record RepairStep(string Path, string Detail);

/// <summary>Keeps what a repair replaces under <c>damaged/{time}/</c>, and notes what it does.</summary>
internal sealed class DamagedFiles(IObjectStore store, TimeProvider time)
{
    /// <summary>The prefix of what was kept by all repairs.</summary>
    public const string Root = "damaged/";

    private readonly string prefix = string.Create(CultureInfo.InvariantCulture, $"{Root}{time.GetUtcNow():yyyyMMddTHHmmss.fff}/");
    private readonly List<RepairStep> steps = [];
    private readonly HashSet<string> kept = new(StringComparer.Ordinal);

    /// <summary>What was done.</summary>
    public IReadOnlyList<RepairStep> Steps => steps;

    /// <summary>Notes something.</summary>
    public void Note(string path, string detail) => steps.Add(new RepairStep(path, detail));

    /// <summary>Copies a file as it is now, before anything is put in its place; missing is no error.</summary>
    public async ValueTask KeepAsync(string path, CancellationToken cancellationToken)
    {
        if (!kept.Add(path))
            return;
        try
        {
            await store.CopyObjectAsync(path, prefix + path, cancellationToken);
            Note(path, $"kept as {prefix}{path}");
        }
        catch (FileNotFoundException)
        {
            // There is nothing to keep.
        }
    }
}
