using System.Globalization;

namespace OrleansMail.Storage.Verification;

/// <summary>Something that a repair did or could not do.</summary>
/// <param name="Path">The file.</param>
/// <param name="Detail">For people.</param>
public sealed record RepairStep(string Path, string Detail);

/// <summary>
/// Keeps what a repair replaces, and notes what it does. Files of a domain are kept in the domain's own folder, so that they go with it and with its tenant:
/// <c>t/{tenant}/{domain}/damaged/{time}/</c>; others, which have no mail, under <c>damaged/{time}/</c>.
/// </summary>
internal sealed class DamagedFiles(IObjectStore store, TimeProvider time)
{
    /// <summary>The folder of what was kept, in a domain's or in the store.</summary>
    public const string Folder = "damaged/";

    private const string TimeFormat = "yyyyMMdd'T'HHmmss.fff";
    private readonly string moment = time.GetUtcNow().ToString(TimeFormat, CultureInfo.InvariantCulture);
    private readonly List<RepairStep> steps = [];
    private readonly HashSet<string> kept = new(StringComparer.Ordinal);

    /// <summary>What was done.</summary>
    public IReadOnlyList<RepairStep> Steps => steps;

    /// <summary>Counts what repairs have kept in a folder.</summary>
    /// <param name="context">The store.</param>
    /// <param name="parent">A domain's prefix; empty for the store.</param>
    /// <param name="report">Takes what is found.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async ValueTask CountAsync(VerificationContext context, string parent, VerificationReport report, CancellationToken cancellationToken)
    {
        await foreach (var item in context.Store.ListAsync(parent + Folder, null, cancellationToken))
            report.AddPutAside(item, KeptAt(item, parent));
    }

    /// <summary>Notes something.</summary>
    public void Note(string path, string detail) => steps.Add(new RepairStep(path, detail));

    /// <summary>Copies a file as it is now, before anything is put in its place; missing is no error.</summary>
    public async ValueTask KeepAsync(string path, CancellationToken cancellationToken)
    {
        if (!kept.Add(path))
            return;
        var copy = CopyOf(path);
        try
        {
            await store.CopyObjectAsync(path, copy, cancellationToken);
            Note(path, $"kept as {copy}");
        }
        catch (FileNotFoundException)
        {
            // There is nothing to keep.
        }
    }

    private string CopyOf(string path)
    {
        var parent = DomainFolder.Of(path)?.Prefix ?? "";
        return $"{parent}{Folder}{moment}/{path[parent.Length..]}";
    }

    // A copy may have the file's own time.
    private static DateTimeOffset KeptAt(StoredItem item, string parent)
    {
        var name = item.Path[(parent.Length + Folder.Length)..].Split('/')[0];
        return DateTimeOffset.TryParseExact(name, TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : item.LastModified;
    }
}
