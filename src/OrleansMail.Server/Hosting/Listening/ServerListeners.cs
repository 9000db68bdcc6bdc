using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using OrleansMail.Server.Hosting.Lifetime;
using OrleansMail.Server.Hosting.Settings;
using OrleansMail.Smtp;

namespace OrleansMail.Server.Hosting.Listening;

/// <summary>The listeners of the process, all of them Kestrel's.</summary>
internal sealed class ServerListeners
{
    private readonly IPEndPoint smtpAddress;
    private readonly IPEndPoint httpAddress;
    private ListenOptions? smtp;
    private ListenOptions? http;

    /// <summary>Checks that all can be bound.</summary>
    /// <exception cref="StartupException">One can't.</exception>
    public ServerListeners(OrleansMailSettings settings)
    {
        smtpAddress = ListenAddressAttribute.Parse(settings.Smtp.Listen);
        httpAddress = HttpAddressAttribute.Parse(settings.Http.Listen);
        PortProbe.Check(smtpAddress, "SMTP", "--smtp ADDRESS:PORT", "OrleansMail:Smtp:Listen");
        PortProbe.Check(httpAddress, "HTTP", "--http URL", "OrleansMail:Http:Listen");
        if (smtpAddress.Port != 0 && smtpAddress.Equals(httpAddress))
            throw new StartupException($"SMTP and HTTP can't both listen on {smtpAddress}. Choose another with --smtp or --http.", ExitCodes.Usage);
    }

    /// <summary>Where SMTP listens; the true port once the host has started.</summary>
    public IPEndPoint Smtp => smtp?.IPEndPoint ?? smtpAddress;

    /// <summary>Where HTTP listens; the true port once the host has started.</summary>
    public IPEndPoint Http => http?.IPEndPoint ?? httpAddress;

    /// <summary>Tells Kestrel.</summary>
    public void Configure(KestrelServerOptions kestrel)
    {
        kestrel.Listen(smtpAddress, options =>
        {
            smtp = options;
            var admission = kestrel.ApplicationServices.GetRequiredService<SessionAdmission>();
            options.Use(admission.Apply);
            options.UseConnectionHandler<SmtpServer>();
        });
        kestrel.Listen(httpAddress, options => http = options);
    }
}
