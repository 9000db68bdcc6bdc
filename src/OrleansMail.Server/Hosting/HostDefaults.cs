namespace OrleansMail.Server.Hosting;

/// <summary>Configuration that the host itself brings.</summary>
internal static class HostDefaults
{
    /// <summary>Below everything else: how much is logged unless somebody says otherwise.</summary>
    public static readonly IReadOnlyDictionary<string, string?> Lowest = new Dictionary<string, string?>
    {
        ["Logging:LogLevel:Default"] = "Warning",
        ["Logging:LogLevel:OrleansMail"] = "Information",
        ["Logging:LogLevel:Orleans.Runtime.Watchdog"] = "Error", // warns at each start, before it has measured anything
    };

    /// <summary>
    /// As arguments, for it has to be known before files are read: settings are read once, and watching the content root for changes of
    /// <c>appsettings.json</c> would wake on each write to a data folder below it.
    /// </summary>
    public static readonly string[] BeforeBuilder = ["--hostBuilder:reloadConfigOnChange=false"];

    /// <summary>Above everything else: listeners come from our settings alone, so that a variable of the platform adds no warning.</summary>
    public static readonly IReadOnlyDictionary<string, string?> Highest = new Dictionary<string, string?>
    {
        ["urls"] = "",
        ["http_ports"] = "",
        ["https_ports"] = "",
    };
}
