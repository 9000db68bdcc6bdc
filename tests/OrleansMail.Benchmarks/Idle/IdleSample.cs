namespace OrleansMail.Benchmarks.Idle;

/// <summary>Memory of a server process; in octets when it is the process's, in KiB when it is a connection's.</summary>
/// <param name="Resident">Resident set of the process.</param>
/// <param name="Committed">What the garbage collector has committed.</param>
/// <param name="Live">What a full collection leaves.</param>
internal sealed record IdleSample(double Resident, double Committed, double Live)
{
    /// <summary>What a connection added.</summary>
    public static IdleSample PerConnection(IdleSample before, IdleSample after, int connections)
    {
        double Each(double first, double last) => (last - first) / connections / 1024;
        return new(Each(before.Resident, after.Resident), Each(before.Committed, after.Committed), Each(before.Live, after.Live));
    }
}
