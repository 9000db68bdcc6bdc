using System.Net;

namespace OrleansMail.Server.Hosting.Settings;

/// <summary>Networks in CIDR form or single addresses, separated by commas.</summary>
internal sealed class NetworksAttribute : AllowedAttribute
{
    /// <inheritdoc/>
    public override string Allowed => "networks or addresses separated by commas, such as 10.0.0.0/8,fd00::/8,192.0.2.7; behind its prefix a network is all zeros";

    /// <inheritdoc/>
    public override bool Allows(object value) => Split((string)value).All(static one => TryParse(one, out _));

    /// <summary>Reads networks that are known to be some; none of null.</summary>
    public static IEnumerable<IPNetwork> Parse(string? text) =>
        text is null ? [] : Split(text).Select(static one => TryParse(one, out var network) ? network : throw new FormatException());

    private static string[] Split(string text) => text.Split(',', StringSplitOptions.TrimEntries);

    private static bool TryParse(string text, out IPNetwork network)
    {
        network = default;
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var host = slash < 0 ? text : text[..slash];
        // The framework also takes 10.1 for 10.0.0.1, which here is more likely a slip.
        if (host.AsSpan().ContainsAny('%', '[') || !IPAddress.TryParse(host, out var address) || (!host.Contains(':', StringComparison.Ordinal) && address.ToString() != host))
            return false;
        if (slash >= 0)
            return IPNetwork.TryParse(text, out network) && network.BaseAddress.Equals(address) && IsFirst(network);
        network = new IPNetwork(address, address.GetAddressBytes().Length * 8);
        return true;
    }

    // A network written by the address of one of its hosts is a slip; the framework takes it.
    private static bool IsFirst(IPNetwork network)
    {
        var octets = network.BaseAddress.GetAddressBytes();
        for (var bit = network.PrefixLength; bit < octets.Length * 8; bit++)
        {
            if ((octets[bit / 8] & (128 >> (bit % 8))) != 0)
                return false;
        }

        return true;
    }
}
