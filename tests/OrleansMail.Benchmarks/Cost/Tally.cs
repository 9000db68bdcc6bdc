namespace OrleansMail.Benchmarks.Cost;

/// <summary>Counts operations for each tenant, and for the partition that they share.</summary>
internal sealed class Tally
{
    private readonly Lock gate = new();
    private readonly Dictionary<(string Owner, Purpose Purpose), Charges> charges = [];
    private long operations;
    private int begun;

    /// <summary>The owner of what belongs to no tenant.</summary>
    public const string Shared = "";

    /// <summary>Rises with everything that is done, also what costs nothing.</summary>
    public long Activity => Volatile.Read(ref operations);

    /// <summary>Whether a log was begun since the last call: the one before is to be demultiplexed.</summary>
    public bool TakeBegun() => Interlocked.Exchange(ref begun, 0) != 0;

    /// <summary>A log was begun.</summary>
    public void Begin() => Volatile.Write(ref begun, 1);

    /// <summary>Something is under way.</summary>
    public void Touch() => Interlocked.Increment(ref operations);

    /// <summary>Counts what was done to a path.</summary>
    public void Add(string path, Charges done, Purpose? purpose = null)
    {
        Touch();
        var segments = path.Split('/');
        var key = (segments[0] == "t" && segments.Length > 1 ? segments[1] : Shared, purpose ?? PurposeOf(segments));
        lock (gate)
            charges[key] = charges.GetValueOrDefault(key) + done;
    }

    /// <summary>All so far.</summary>
    public IReadOnlyDictionary<(string Owner, Purpose Purpose), Charges> Read()
    {
        lock (gate)
            return new Dictionary<(string, Purpose), Charges>(charges);
    }

    private static Purpose PurposeOf(string[] segments) => segments switch
    {
        ["wal", _, "ckpt"] => Purpose.Checkpoint,
        ["wal", _, var name] => name.EndsWith(".log", StringComparison.Ordinal) ? Purpose.Log : Purpose.Carried,
        ["t", _, _, "pack", ..] => Purpose.Pack,
        ["t", _, _, "head" or "page", ..] => Purpose.Head,
        _ => Purpose.Other,
    };
}
