using System.Net;
using OrleansMail.Server.Hosting.Settings;

namespace OrleansMail.Server.Hosting.Listening;

/// <summary>The Orleans endpoints of a silo that is alone: on loopback, and out of the way of other programs.</summary>
/// <param name="Silo">Port between silos.</param>
/// <param name="Gateway">Port for Orleans clients.</param>
internal sealed record SiloPorts(int Silo, int Gateway)
{
    /// <summary>Chooses the ports: those that were asked for, else the defaults, else free ones.</summary>
    /// <exception cref="StartupException">A port that was asked for is taken.</exception>
    public static SiloPorts Choose(ClusterSettings settings, IConfiguration configuration) => new(
        Choose(settings.SiloPort, configuration, nameof(ClusterSettings.SiloPort), "--silo-port N"),
        Choose(settings.GatewayPort, configuration, nameof(ClusterSettings.GatewayPort), "--gateway-port N"));

    private static int Choose(int port, IConfiguration configuration, string name, string switchName)
    {
        var key = $"{OrleansMailSettings.Section}:{nameof(OrleansMailSettings.Cluster)}:{name}";
        if (port == 0)
            return PortProbe.FindFree();
        if (configuration[key] is null)
            return PortProbe.IsFree(port) ? port : PortProbe.FindFree();
        PortProbe.Check(new IPEndPoint(IPAddress.Loopback, port), "The silo", switchName, key);
        return port;
    }
}
