using System.CommandLine;
using OrleansMail.Benchmarks.Append;
using OrleansMail.Benchmarks.Blobs;
using OrleansMail.Benchmarks.Compare;
using OrleansMail.Benchmarks.Cost;
using OrleansMail.Benchmarks.Idle;
using OrleansMail.Benchmarks.Load;
using OrleansMail.Benchmarks.Micro;
using OrleansMail.Benchmarks.Parse;
using OrleansMail.Benchmarks.Sink;
using OrleansMail.Benchmarks.Store;

var root = new RootCommand("Measures OrleansMail and what it is compared with; docs/benchmarks.md says how to read the figures.")
{
    CompareCommand.Create(),
    CostCommand.Create(),
    AppendCommand.Create(),
    AppendWorkerCommand.Create(),
    BlobsCommand.Create(),
    IdleCommand.Create(),
    IdleServerCommand.Create(),
    LoadCommand.Create(),
    MicroCommand.Create(),
    ParseCommand.Create(),
    SinkCommand.Create(),
    StoreCommand.Create(),
};

// Interrupted, a verb still ends the servers that it started and deletes their folders.
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(30) });
