using System.Net;
using OrleansMail.Smtp.Addresses;

namespace OrleansMail.Smtp.Proxy;

/// <summary>Networks that a peer is looked up in: of those whose word is believed, or of the installation itself. IPv4 and the IPv6 form of it are one, in the networks and in the addresses.</summary>
internal sealed class TrustedNetworks(IEnumerable<IPNetwork> networks)
{
    private readonly IPNetwork[] _networks = [.. networks.Select(Plain)];

    /// <summary>Whether a peer is in one of them; one without an address is not.</summary>
    public bool Contain(IPEndPoint? peer)
    {
        if (_networks.Length == 0 || peer is null)
            return false;
        var address = peer.Address.Unmapped();
        foreach (var network in _networks)
        {
            if (network.Contains(address))
                return true;
        }

        return false;
    }

    private static IPNetwork Plain(IPNetwork network) =>
        network.BaseAddress.IsIPv4MappedToIPv6 && network.PrefixLength >= 96
            ? new IPNetwork(network.BaseAddress.MapToIPv4(), network.PrefixLength - 96)
            : network;
}
