namespace OrleansMail.Benchmarks.Cost;

/// <summary>What a blob service charges for, by what it was done for.</summary>
internal enum Purpose
{
    /// <summary>Blocks appended to logs: how many messages share one depends on time, so these are counted by <c>blobs</c>.</summary>
    Append,

    /// <summary>Logs made, sealed, and read back.</summary>
    Log,

    /// <summary>A partition's checkpoint.</summary>
    Checkpoint,

    /// <summary>Carried records and open repeats.</summary>
    Carried,

    /// <summary>Packs.</summary>
    Pack,

    /// <summary>Heads of domains and their pages.</summary>
    Head,

    /// <summary>All else: objects, ledgers, listings, the manifest.</summary>
    Other,
}

/// <summary>Operations of a blob service.</summary>
/// <param name="Writes">That are paid for as writes: they change something, or list.</param>
/// <param name="Reads">That are paid for as reads.</param>
/// <param name="Deletes">Free.</param>
internal readonly record struct Charges(double Writes, double Reads, double Deletes)
{
    public static Charges operator +(Charges one, Charges other) => new(one.Writes + other.Writes, one.Reads + other.Reads, one.Deletes + other.Deletes);

    public static Charges operator -(Charges one, Charges other) => new(one.Writes - other.Writes, one.Reads - other.Reads, one.Deletes - other.Deletes);

    public static Charges operator *(Charges one, double times) => new(one.Writes * times, one.Reads * times, one.Deletes * times);

    public static Charges operator /(Charges one, double by) => one * (1 / by);
}
