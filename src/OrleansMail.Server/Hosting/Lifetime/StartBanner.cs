using System.Globalization;
using System.Net;
using System.Text;
using OrleansMail.Server.Hosting.Certificates;
using OrleansMail.Server.Hosting.Demo;
using OrleansMail.Server.Hosting.Listening;

namespace OrleansMail.Server.Hosting.Lifetime;

/// <summary>What is printed once everything is bound: what listens where, and lines to paste.</summary>
internal static class StartBanner
{
    private const int MaxListeners = 4;

    /// <summary>At most 15 lines.</summary>
    public static string Create(ComposedServer server, TimeSpan elapsed)
    {
        var environment = server.Application.Environment.EnvironmentName;
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"OrleansMail {CommandLine.HelpText.Version} is ready ({environment}, {elapsed.TotalSeconds:0.0} s).\n\n");
        AppendListeners(text, server.Listeners.AllSmtp);
        text.Append(CultureInfo.InvariantCulture, $"  HTTP    http://{server.Listeners.Http}\n");
        text.Append(CultureInfo.InvariantCulture, $"  data    {server.Store.Objects.Description}\n");
        text.Append(CultureInfo.InvariantCulture, $"  TLS     {Describe(server.Certificates)}\n");
        if (server.Application.Environment.IsDevelopment())
            AppendTour(text, Reachable(server.Listeners.Smtp), Reachable(server.Listeners.Http), server.Settings.OperatorKey!);
        return text.ToString();
    }

    private static void AppendListeners(StringBuilder text, IReadOnlyList<SmtpEndpoint> listeners)
    {
        var shown = listeners.Count <= MaxListeners ? listeners.Count : MaxListeners - 1;
        foreach (var listener in listeners.Take(shown))
            text.Append(CultureInfo.InvariantCulture, $"  {listener.Name,-7} {listener.Bound}\n");
        if (shown < listeners.Count)
            text.Append(CultureInfo.InvariantCulture, $"          and {listeners.Count - shown} further listeners\n");
    }

    private static string Describe(ServerCertificates certificates)
    {
        var first = certificates.Default;
        var names = string.Join(", ", first.Names.Take(3));
        return string.Create(CultureInfo.InvariantCulture, $"{(certificates.IsSelfSigned ? "self-signed certificate" : "certificate")} for {names}, until {first.NotAfter:yyyy-MM-dd}");
    }

    private static void AppendTour(StringBuilder text, IPEndPoint smtp, IPEndPoint http, string key)
    {
        var curl = $"curl -sS -H 'Authorization: Bearer {key}'";
        var tenant = $"http://{http}/v1/tenants/{DemoTenant.Id}";
        var list = $"{curl} {tenant}/mailboxes/{DemoTenant.Mailbox}@{DemoTenant.Domain}/messages";
        text.Append("\nSend a first message, list it, read it:\n");
        text.Append(CultureInfo.InvariantCulture, $"  printf 'From: you@example.org\\r\\nSubject: Hello\\r\\n\\r\\nIt works.\\r\\n' | curl -sS smtp://{smtp} --mail-from you@example.org --mail-rcpt hello@{DemoTenant.Domain} -T -\n");
        text.Append(CultureInfo.InvariantCulture, $"  {list}\n");
        text.Append(CultureInfo.InvariantCulture, $"  {curl} {tenant}/messages/$({list} | grep -o '\"id\":\"[^\"]*' | head -1 | cut -d'\"' -f4)/raw\n");
        text.Append(CultureInfo.InvariantCulture, $"\nRehearse failures: 550@, 450@, quota@ and slow@{DemoTenant.Domain} answer as named. Ctrl+C ends.\n");
    }

    // What listens everywhere is reached on loopback.
    private static IPEndPoint Reachable(IPEndPoint endpoint)
    {
        if (endpoint.Address.Equals(IPAddress.Any))
            return new IPEndPoint(IPAddress.Loopback, endpoint.Port);
        return endpoint.Address.Equals(IPAddress.IPv6Any) ? new IPEndPoint(IPAddress.IPv6Loopback, endpoint.Port) : endpoint;
    }
}
