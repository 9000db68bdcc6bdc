using System.Text.Json;

namespace OrleansMail.Storage.Verification;

/// <summary>Something in a store that is not as it must be.</summary>
/// <param name="Kind">One of the words of docs/operations/verify.md.</param>
/// <param name="Path">The file.</param>
/// <param name="Detail">What is wrong, for people.</param>
public sealed record Mismatch(string Kind, string Path, string Detail);

/// <summary>Files that nothing refers to. They are no damage: they cost room until a sweep finds them.</summary>
/// <param name="Kind">What they are: <c>log</c>, <c>carried</c>, <c>repeats</c>, <c>pack</c>, <c>page</c> or <c>object</c>.</param>
/// <param name="Files">How many.</param>
/// <param name="Octets">Their octets.</param>
/// <param name="Waiting">How many of them are younger than a day: most of these only wait until no reader can be at them.</param>
/// <param name="Oldest">When the oldest was written.</param>
public sealed record Orphans(string Kind, long Files, long Octets, long Waiting, DateTimeOffset Oldest);

/// <summary>Files that repairs have kept of what they replaced: evidence, until somebody deletes them or their tenant is removed.</summary>
/// <param name="Files">How many.</param>
/// <param name="Octets">Their octets.</param>
/// <param name="Oldest">When the first of them was kept.</param>
public sealed record PutAside(long Files, long Octets, DateTimeOffset Oldest);

/// <summary>What a verification found.</summary>
public sealed class VerificationReport
{
    /// <summary>Mismatches that are kept; all are counted.</summary>
    public const int MaxMismatches = 1000;

    private static readonly TimeSpan Waiting = TimeSpan.FromDays(1);
    private readonly List<Mismatch> mismatches = [];
    private readonly SortedDictionary<string, Orphans> orphans = new(StringComparer.Ordinal);

    /// <summary>How much was looked at.</summary>
    public VerificationCounts Counts { get; } = new();

    /// <summary>The first <see cref="MaxMismatches"/> mismatches.</summary>
    public IReadOnlyList<Mismatch> Mismatches => mismatches;

    /// <summary>All mismatches.</summary>
    public long MismatchCount { get; private set; }

    /// <summary>Files that nothing refers to, by kind.</summary>
    public IReadOnlyCollection<Orphans> Orphans => orphans.Values;

    /// <summary>What repairs have kept; null when there is nothing.</summary>
    public PutAside? PutAside { get; private set; }

    /// <summary>Whether everything is as it must be.</summary>
    public bool IsSound => MismatchCount == 0;

    /// <summary>One line of JSON (docs/operations/verify.md): its names are stable.</summary>
    public string ToJson() => JsonSerializer.Serialize(
        new { sound = IsSound, counts = Counts, mismatchCount = MismatchCount, mismatches = Mismatches, orphans = Orphans, putAside = PutAside }, JsonSerializerOptions.Web);

    internal void Add(string kind, string path, string detail)
    {
        MismatchCount++;
        if (mismatches.Count < MaxMismatches)
            mismatches.Add(new Mismatch(kind, path, detail));
    }

    internal void AddOrphan(string kind, StoredItem item, DateTimeOffset now)
    {
        var one = new Orphans(kind, 1, item.Length, now - item.LastModified < Waiting ? 1 : 0, item.LastModified);
        orphans[kind] = orphans.TryGetValue(kind, out var others) ? Sum(others, one) : one;
    }

    internal void AddPutAside(StoredItem item, DateTimeOffset keptAt) => Add(new PutAside(1, item.Length, keptAt));

    internal void Add(VerificationReport part)
    {
        Counts.Add(part.Counts);
        MismatchCount += part.MismatchCount;
        mismatches.AddRange(part.mismatches.Take(MaxMismatches - mismatches.Count));
        foreach (var (kind, others) in part.orphans)
            orphans[kind] = orphans.TryGetValue(kind, out var own) ? Sum(own, others) : others;
        if (part.PutAside is { } putAside)
            Add(putAside);
    }

    private void Add(PutAside more) => PutAside = PutAside is not { } own ? more : new PutAside(
        own.Files + more.Files, own.Octets + more.Octets, own.Oldest < more.Oldest ? own.Oldest : more.Oldest);

    private static Orphans Sum(Orphans one, Orphans other) => one with
    {
        Files = one.Files + other.Files, Octets = one.Octets + other.Octets, Waiting = one.Waiting + other.Waiting,
        Oldest = one.Oldest < other.Oldest ? one.Oldest : other.Oldest,
    };
}
