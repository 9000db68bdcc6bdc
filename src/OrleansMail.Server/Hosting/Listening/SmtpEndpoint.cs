using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using OrleansMail.Server.Hosting.Lifetime;
using OrleansMail.Server.Hosting.Settings;
using OrleansMail.Smtp;

namespace OrleansMail.Server.Hosting.Listening;

/// <summary>One SMTP listener.</summary>
/// <param name="Address">Where it is to listen.</param>
/// <param name="Options">What it offers.</param>
/// <param name="SwitchName">The switch that sets the address; null when there is none.</param>
/// <param name="Key">The setting that does.</param>
internal sealed record SmtpEndpoint(IPEndPoint Address, SmtpListenerOptions Options, string? SwitchName, string Key)
{
    private const string Section = $"{OrleansMailSettings.Section}:{nameof(OrleansMailSettings.Smtp)}";
    private ListenOptions? bound;

    /// <summary>Where it listens; the true port once the host has started.</summary>
    public IPEndPoint Bound => bound?.IPEndPoint ?? Address;

    /// <summary>What it is called: SMTP, SMTPS or LMTP.</summary>
    public string Name => Options.Lmtp ? "LMTP" : IsImplicit ? "SMTPS" : "SMTP";

    private bool IsImplicit => Options.Tls == SmtpListenerTls.Implicit;

    /// <summary>All listeners that the settings ask for, that of <c>--smtp</c> first.</summary>
    public static IReadOnlyList<SmtpEndpoint> From(SmtpSettings settings)
    {
        var all = new List<SmtpEndpoint> { Short(settings.Listen, SmtpListenerTls.StartTls, settings.Auth, "--smtp", nameof(SmtpSettings.Listen)) };
        if (settings.ListenTls is { } address)
            all.Add(Short(address, SmtpListenerTls.Implicit, settings.Auth, "--smtps", nameof(SmtpSettings.ListenTls)));
        all.AddRange(settings.Listeners.Select((one, n) => new SmtpEndpoint(
            ListenAddressAttribute.Parse(one.Address!),
            new SmtpListenerOptions { Tls = one.Tls, Auth = one.Auth, Lmtp = one.Lmtp, RequireProxy = one.RequireProxy, BareNewlines = one.BareNewlines },
            null,
            $"{Section}:{nameof(SmtpSettings.Listeners)}:{n}:{nameof(ListenerSettings.Address)}")));
        return all;
    }

    /// <summary>Tells Kestrel.</summary>
    public void Configure(KestrelServerOptions kestrel) => kestrel.Listen(Address, options =>
    {
        bound = options;
        var admission = kestrel.ApplicationServices.GetRequiredService<SessionAdmission>();
        var server = kestrel.ApplicationServices.GetRequiredService<SmtpServer>();
        options.Use(next => admission.Apply(next, isPlain: !IsImplicit));
        options.Run(connection => server.RunAsync(connection, Options));
    });

    private static SmtpEndpoint Short(string address, SmtpListenerTls tls, bool auth, string switchName, string key) => new(
        ListenAddressAttribute.Parse(address), new SmtpListenerOptions { Tls = tls, Auth = auth }, $"{switchName} ADDRESS:PORT", $"{Section}:{key}");
}
