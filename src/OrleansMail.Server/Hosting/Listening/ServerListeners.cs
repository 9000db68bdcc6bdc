using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using OrleansMail.Server.Hosting.Settings;

namespace OrleansMail.Server.Hosting.Listening;

/// <summary>The listeners of the process, all of them Kestrel's.</summary>
internal sealed class ServerListeners
{
    private readonly IPEndPoint httpAddress;
    private ListenOptions? http;

    /// <summary>Checks that all can be bound.</summary>
    /// <exception cref="StartupException">One can't.</exception>
    public ServerListeners(OrleansMailSettings settings)
    {
        AllSmtp = SmtpEndpoint.From(settings.Smtp);
        httpAddress = HttpAddressAttribute.Parse(settings.Http.Listen);
        foreach (var endpoint in AllSmtp)
            PortProbe.Check(endpoint.Address, endpoint.Name, endpoint.SwitchName, endpoint.Key);
        PortProbe.Check(httpAddress, "HTTP", "--http URL", "OrleansMail:Http:Listen");
        CheckDistinct();
    }

    /// <summary>The SMTP listeners, that of <c>--smtp</c> first.</summary>
    public IReadOnlyList<SmtpEndpoint> AllSmtp { get; }

    /// <summary>Where the first of them listens; the true port once the host has started.</summary>
    public IPEndPoint Smtp => AllSmtp[0].Bound;

    /// <summary>Where HTTP listens; the true port once the host has started.</summary>
    public IPEndPoint Http => http?.IPEndPoint ?? httpAddress;

    /// <summary>Tells Kestrel.</summary>
    public void Configure(KestrelServerOptions kestrel)
    {
        foreach (var endpoint in AllSmtp)
            endpoint.Configure(kestrel);
        kestrel.Listen(httpAddress, options => http = options);
    }

    private void CheckDistinct()
    {
        var all = AllSmtp.Select(endpoint => (endpoint.Address, endpoint.Name, Key: endpoint.SwitchName?.Split(' ')[0] ?? endpoint.Key)).Append((httpAddress, "HTTP", "--http"));
        var twice = all.Where(one => one.Item1.Port != 0).GroupBy(one => one.Item1).FirstOrDefault(group => group.Count() > 1)?.Take(2).ToArray();
        if (twice is not null)
            throw new StartupException($"{twice[0].Item2} and {twice[1].Item2} can't both listen on {twice[0].Item1}. Choose another with {twice[0].Item3} or {twice[1].Item3}.", ExitCodes.Usage);
    }
}
