namespace OrleansMail.Testing.Network;

/// <summary>A request that a <see cref="FaultProxy"/> carries.</summary>
/// <param name="Number">Its place among all of the proxy, from 1.</param>
/// <param name="Method">Such as PUT.</param>
/// <param name="Target">Path and query as sent.</param>
/// <param name="Length">Octets of its body.</param>
public sealed record ProxyRequest(int Number, string Method, string Target, long Length)
{
    /// <summary>Whether it appends to a log: the request whose lost answer costs most.</summary>
    public bool IsAppend => Method == "PUT" && Target.Contains("comp=appendblock", StringComparison.Ordinal);
}
