using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;

namespace OrleansMail.Benchmarks.Compare.Peers;

/// <summary>The server of this repository, as a user starts it, with a tenant, a domain and its mailboxes made through the API.</summary>
/// <param name="assembly">The server's assembly, of a Release build.</param>
/// <param name="mailboxes">Mailboxes to make.</param>
internal sealed class OrleansMailPeer(string assembly, int mailboxes) : IPeer
{
    private const string Key = "benchmark-operator-key";
    private const string Domain = "v1/tenants/bench/domains/example.test";
    private ServerProcess? _process;

    public string Name => "OrleansMail";

    public string Setup => string.Create(CultureInfo.InvariantCulture, $"one silo, folder store, {mailboxes} mailboxes of one domain; raw, SHA-256, envelope and header fields in one synced record");

    public int ProcessId => _process!.Id;

    /// <summary>Where a Release build of this checkout puts the server.</summary>
    public static string DefaultAssembly()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "OrleansMail.sln")))
            folder = folder.Parent;
        return Path.Combine(folder?.FullName ?? "", "src/OrleansMail.Server/bin/Release/net10.0/OrleansMail.Server.dll");
    }

    public async Task<IPEndPoint> StartAsync(string folder, CancellationToken cancellationToken)
    {
        if (!File.Exists(assembly))
            throw new PeerMissingException("there is no Release build of src/OrleansMail.Server");
        string[] arguments =
        [
            assembly, "--smtp", "127.0.0.1:0", "--http", "http://127.0.0.1:0", "--data", Path.Combine(folder, "data"), "--operator-key", Key,
            "--silo-port", "0", "--gateway-port", "0", "--OrleansMail:Domains:Verification=None",
        ];
        (_process, var addresses) = await ServerProcess.StartAsync("dotnet", arguments, ["SMTP", "HTTP"], cancellationToken);
        await ProvisionAsync(new Uri(addresses["HTTP"]), cancellationToken);
        return ServerProcess.SmtpEndPoint(addresses);
    }

    public ValueTask DisposeAsync()
    {
        _process?.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task ProvisionAsync(Uri server, CancellationToken cancellationToken)
    {
        using var client = new HttpClient { BaseAddress = server };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Key);
        await PutAsync(client, "v1/tenants/bench", cancellationToken);
        await PutAsync(client, Domain, cancellationToken);
        for (var n = 0; n < mailboxes; n++)
            await PutAsync(client, string.Create(CultureInfo.InvariantCulture, $"{Domain}/mailboxes/ok{n}"), cancellationToken);
    }

    private static async Task PutAsync(HttpClient client, string path, CancellationToken cancellationToken)
    {
        using var response = await client.PutAsJsonAsync(path, new { }, cancellationToken);
        if (!response.IsSuccessStatusCode)
            throw new PeerMissingException($"PUT /{path} was answered {(int)response.StatusCode}");
    }
}
