using System.CommandLine;
using System.Globalization;

namespace OrleansMail.Benchmarks.Idle;

/// <summary>The verb <c>idle</c>.</summary>
internal static class IdleCommand
{
    private static readonly Option<int> Connections = new("--connections") { Description = "How many idle connections; each takes a descriptor here and one in the server", DefaultValueFactory = _ => 10_000 };
    private static readonly Option<int> Rounds = new("--rounds") { Description = "How often; the median is shown", DefaultValueFactory = _ => 3 };
    private static readonly Option<bool> Tls = new("--tls") { Description = "Under TLS: STARTTLS with OrleansMail, from the first octet with the sink" };

    public static Command Create()
    {
        var command = new Command("idle", "Memory of a process for each connection that is idle after EHLO, beside a bare sink on the same transport.") { Connections, Rounds, Tls };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var (connections, tls) = (arguments.GetValue(Connections), arguments.GetValue(Tls));
        var machine = Machine.Describe(Path.GetTempPath());
        var samples = new Dictionary<string, List<IdleSample>>();
        for (var round = 0; round < arguments.GetValue(Rounds); round++)
        {
            foreach (var kind in IdleHost.Kinds)
            {
                if (!samples.TryGetValue(kind, out var list))
                    samples[kind] = list = [];
                list.Add(await MeasureAsync(kind, tls, connections, cancellationToken));
            }
        }

        Print(machine, connections, tls, samples);
        return 0;
    }

    private static async Task<IdleSample> MeasureAsync(string kind, bool tls, int connections, CancellationToken cancellationToken)
    {
        using var server = await IdleProcess.StartAsync(kind, tls, cancellationToken);
        // What the first connections load and compile is not theirs.
        await using (var first = await IdleClients.OpenAsync(server.EndPoint, IdleProcess.WarmUp, server.ClientTls, cancellationToken))
            await server.SettleAsync(cancellationToken);
        var before = await server.SettleAsync(cancellationToken);
        await using var clients = await IdleClients.OpenAsync(server.EndPoint, connections, server.ClientTls, cancellationToken);
        var after = await server.SettleAsync(cancellationToken);
        return IdleSample.PerConnection(before, after, connections);
    }

    private static void Print(Machine machine, int connections, bool tls, Dictionary<string, List<IdleSample>> samples)
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"### Idle connections{(tls ? " under TLS" : "")}, {machine.Date}\n\n{machine}. {connections:N0} connections after EHLO; medians of {samples.Values.First().Count} rounds, KiB for each connection.\n"));
        Console.WriteLine("| server | resident | heap committed | live objects |\n| --- | ---: | ---: | ---: |");
        foreach (var (kind, list) in samples)
        {
            var (resident, committed, live) = (Median.Of(list.Select(one => one.Resident)), Median.Of(list.Select(one => one.Committed)), Median.Of(list.Select(one => one.Live)));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {kind} | {resident:0.0} | {committed:0.0} | {live:0.0} |"));
        }
    }
}
