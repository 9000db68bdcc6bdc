using OrleansMail.Grains;

namespace OrleansMail.Server.Hosting.Settings;

/// <summary>The settings of the process, under <c>OrleansMail:</c>.</summary>
internal sealed class OrleansMailSettings
{
    /// <summary>The configuration section of all settings.</summary>
    public const string Section = "OrleansMail";

    /// <summary>Name in the greeting and in trace lines (RFC 5321 §4.1.2).</summary>
    [Setting(Switch = "--hostname", Placeholder = "NAME", Group = "Identity", Help = "name in greeting and trace lines", DefaultText = "the machine's name"), HostName]
    public string Hostname { get; set; } = MachineName();

    /// <summary>The operator's API key. Required outside Development.</summary>
    [Setting(Switch = "--operator-key", Placeholder = "KEY", Group = "Identity", Help = "the operator's API key, at least 16 characters", DevelopmentDefault = "orleansmail-development", IsSecret = true), MinLengthText(16)]
    public string? OperatorKey { get; set; }

    /// <summary>What this process runs.</summary>
    [Setting(Switch = "--role", Placeholder = "all", Group = "Cluster", Help = "what this process runs; only 'all' exists so far")]
    public ServerRole Role { get; set; } = ServerRole.All;

    /// <summary>The SMTP edge.</summary>
    public SmtpSettings Smtp { get; } = new();

    /// <summary>The API's listener.</summary>
    public HttpSettings Http { get; } = new();

    /// <summary>Where mail is kept.</summary>
    public StorageSettings Storage { get; } = new();

    /// <summary>Who may receive for a domain.</summary>
    public DomainsSettings Domains { get; } = new();

    /// <summary>Recognition of repeats.</summary>
    public DedupeSettings Dedupe { get; } = new();

    /// <summary>Orleans endpoints.</summary>
    public ClusterSettings Cluster { get; } = new();

    /// <summary>Shutting down.</summary>
    public DrainSettings Drain { get; } = new();

    // A machine may have a name that is none in the DNS; the greeting needs one that is.
    private static string MachineName() =>
        Contracts.Domains.DomainName.TryParse(Environment.MachineName, out var name) ? name.Value : "localhost";
}

/// <summary>What a process runs.</summary>
internal enum ServerRole
{
    /// <summary>Listeners, API and grains.</summary>
    All,
}

/// <summary>The API's listener.</summary>
internal sealed class HttpSettings
{
    /// <summary>Where the API listens.</summary>
    [Setting(Switch = "--http", Placeholder = "URL", Group = "Listeners", Help = "API", DevelopmentDefault = "http://127.0.0.1:8025"), HttpAddress]
    public string Listen { get; set; } = "http://0.0.0.0:8025";
}

/// <summary>Who may receive for a domain.</summary>
internal sealed class DomainsSettings
{
    /// <summary>How a tenant proves a domain. `None`: a `PUT` verifies, the first claim owns and a later one stays pending. `Dns`: claims stay pending until DNS can be asked.</summary>
    [Setting(DevelopmentDefault = "None")]
    public DomainVerification Verification { get; set; } = DomainVerification.Dns;
}

/// <summary>Recognition of repeats.</summary>
internal sealed class DedupeSettings
{
    /// <summary>How long a message whose reply was not seen to arrive is remembered, so that its retry is recognised (RFC 1047).</summary>
    [Setting, Within("00:01:00", "14.00:00:00")]
    public TimeSpan Window { get; set; } = TimeSpan.FromHours(48);
}

/// <summary>Orleans endpoints.</summary>
internal sealed class ClusterSettings
{
    /// <summary>Port that silos reach each other by; 0 takes a free one, and so does the default when it is taken.</summary>
    [Setting(Switch = "--silo-port", Placeholder = "N", Group = "Cluster", Help = "port between silos"), Between(0, 65535)]
    public int SiloPort { get; set; } = 11111;

    /// <summary>Port that Orleans clients reach the silo by; 0 takes a free one, and so does the default when it is taken.</summary>
    [Setting(Switch = "--gateway-port", Placeholder = "N", Group = "Cluster", Help = "port for Orleans clients"), Between(0, 65535)]
    public int GatewayPort { get; set; } = 30000;
}

/// <summary>Shutting down.</summary>
internal sealed class DrainSettings
{
    /// <summary>How long a shutdown may take as a whole; transactions in flight get 15 s of it at most.</summary>
    [Setting, Within("00:00:01", "00:10:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(25);
}
