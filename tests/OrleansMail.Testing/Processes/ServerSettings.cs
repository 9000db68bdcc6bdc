namespace OrleansMail.Testing.Processes;

/// <summary>How a server process is started.</summary>
public sealed record ServerSettings
{
    /// <summary>The operator's key outside Development.</summary>
    public const string OperatorKey = "operator-key-of-the-tests";

    /// <summary>The name the server greets with and writes into trace lines.</summary>
    public const string HostName = "mx.example.test";

    /// <summary>The operator's key in Development, printed by the server.</summary>
    public const string DevelopmentKey = "orleansmail-development";

    /// <summary>Whether it starts in Development: with the demo tenant and the well-known key.</summary>
    public bool Development { get; init; }

    /// <summary>The data folder; null for a temporary one.</summary>
    public string? DataFolder { get; init; }

    /// <summary>The Blob service to use instead of a folder; null for the folder.</summary>
    public string? Storage { get; init; }

    /// <summary>The SMTP listener; port 0 takes a free one.</summary>
    public string Smtp { get; init; } = "127.0.0.1:0";

    /// <summary>The HTTP listener; port 0 takes a free one.</summary>
    public string Http { get; init; } = "http://127.0.0.1:0";

    /// <summary>Further arguments.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>The key that the API client uses.</summary>
    public string Key => Development ? DevelopmentKey : OperatorKey;

    internal IEnumerable<string> CommandLine(string dataFolder)
    {
        string[] common =
        [
            Repository.ServerAssembly, "--smtp", Smtp, "--http", Http, "--silo-port", "0", "--gateway-port", "0",
        ];
        string[] store = Storage is null ? ["--data", dataFolder] : ["--storage", Storage];
        string[] production = Development ? [] : ["--operator-key", OperatorKey, "--hostname", HostName, "--OrleansMail:Domains:Verification=None"];
        return [.. common, .. store, .. production, .. Arguments];
    }
}
