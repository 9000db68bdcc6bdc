using System.CommandLine;
using OrleansMail.Benchmarks.Compare;
using OrleansMail.Benchmarks.Load;
using OrleansMail.Benchmarks.Sink;

var root = new RootCommand("Measures OrleansMail and what it is compared with; docs/benchmarks.md says how to read the figures.")
{
    CompareCommand.Create(),
    LoadCommand.Create(),
    SinkCommand.Create(),
};
return await root.Parse(args).InvokeAsync();
