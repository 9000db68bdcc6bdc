using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace OrleansMail.Benchmarks.Idle;

/// <summary>The hidden verb <c>idle-server</c>: a process of its own whose memory is the server's.</summary>
internal static class IdleServerCommand
{
    public const string Verb = "idle-server";
    private static readonly Argument<string> Kind = new("kind");
    private static readonly Option<bool> Tls = new("--tls");

    public static Command Create()
    {
        var command = new Command(Verb, "Prints its port; then, for each line read, its memory as JSON.") { Kind, Tls };
        command.Hidden = true;
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        await using var application = IdleHost.Create(arguments.GetValue(Kind)!, arguments.GetValue(Tls));
        await application.StartAsync(cancellationToken);
        var address = application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        Console.WriteLine(new Uri(address).Port);
        while (await Console.In.ReadLineAsync(cancellationToken) is { } line)
            Console.WriteLine(JsonSerializer.Serialize(Measure(line == IdleProcess.WithLive)));
        return 0;
    }

    // The resident set comes first: a collection would shrink it as no server does of itself.
    private static IdleSample Measure(bool withLive)
    {
        var resident = Resident();
        var committed = GC.GetGCMemoryInfo(GCKind.Any).TotalCommittedBytes;
        return new(resident, committed, withLive ? GC.GetTotalMemory(forceFullCollection: true) : 0);
    }

    private static long Resident()
    {
        var line = File.ReadLines("/proc/self/status").First(static line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
    }
}
