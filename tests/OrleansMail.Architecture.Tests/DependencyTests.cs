using System.Reflection;
using ArchUnitNET.Fluent.Syntax.Elements.Types;
using ArchUnitNET.Loader;
using ArchUnitNET.xUnitV3;
using static ArchUnitNET.Fluent.ArchRuleDefinition;

namespace OrleansMail.Architecture.Tests;

/// <summary>Dependencies point one way: Server → Grains → Storage → Contracts, and Server → Smtp.</summary>
public sealed class DependencyTests
{
    private static readonly ArchUnitNET.Domain.Architecture Architecture =
        new ArchLoader().LoadAssemblies([.. Product.Assemblies]).Build();

    public static TheoryData<string, string[]> AllowedReferences => new()
    {
        { "OrleansMail.Contracts", [] },
        { "OrleansMail.Storage", ["OrleansMail.Contracts"] },
        { "OrleansMail.Grains", ["OrleansMail.Contracts", "OrleansMail.Storage"] },
        { "OrleansMail.Smtp", [] },
    };

    [Theory, MemberData(nameof(AllowedReferences))]
    public void An_assembly_refers_only_to_those_below_it(string assembly, string[] allowed)
    {
        var others = References(Assembly.Load(assembly)).Where(name => name.StartsWith("OrleansMail.", StringComparison.Ordinal));

        // A cycle or a step upwards would make policy out of bytes, or bytes out of policy.
        Assert.Empty(others.Except(allowed));
    }

    [Theory, InlineData("Orleans"), InlineData("Microsoft.Orleans"), InlineData("Azure"), InlineData("MimeKit")]
    public void The_protocol_engine_knows_neither_grains_nor_stores(string prefix) =>
        // It is a library that a stranger can embed: RFCs, pipes and connections, nothing of ours.
        Assert.DoesNotContain(References(Product.Smtp), name => name.StartsWith(prefix, StringComparison.Ordinal));

    [Theory, InlineData("Azure"), InlineData("Microsoft.AspNetCore"), InlineData("System.IO.FileSystem")]
    public void Contracts_do_no_input_or_output(string prefix) =>
        // A client of the grains must not need a store, a server or a socket.
        Assert.DoesNotContain(References(Product.Contracts), name => name.StartsWith(prefix, StringComparison.Ordinal));

    [Theory, InlineData("Gateway"), InlineData("Api"), InlineData("Telemetry"), InlineData("Keys"), InlineData("Caching")]
    public void The_edges_see_grains_through_their_contracts_only(string folder)
    {
        var implementations = Types().That().ResideInAssembly(Product.Grains, Product.Storage).As("implementations of grains and stores");

        Edge(folder).Should().NotDependOnAny(implementations)
            .Because("only Hosting/ chooses implementations, so that a store or a placement can change without touching an edge")
            .Check(Architecture);
    }

    [Theory, InlineData("Gateway", "Api"), InlineData("Api", "Gateway")]
    public void The_two_edges_do_not_know_each_other(string folder, string other) =>
        Edge(folder).Should().NotDependOnAny(Edge(other))
            .Because("a process may run only one of them, and what they share belongs below both")
            .Check(Architecture);

    [Theory, InlineData("Keys", "Api"), InlineData("Keys", "Gateway"), InlineData("Caching", "Api"), InlineData("Caching", "Gateway"), InlineData("Caching", "Keys")]
    public void What_the_edges_share_knows_neither_of_them(string folder, string edge) =>
        Edge(folder).Should().NotDependOnAny(Edge(edge))
            .Because("one of the edges would come with it wherever the other one is run alone")
            .Check(Architecture);

    private static GivenTypesConjunctionWithDescription Edge(string folder) =>
        Types().That().ResideInNamespaceMatching($@"^OrleansMail\.Server\.{folder}(\..*)?$").As($"Server/{folder}");

    private static IEnumerable<string> References(Assembly assembly) => assembly.GetReferencedAssemblies().Select(name => name.Name!);
}
