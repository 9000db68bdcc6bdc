using System.Reflection;
using System.Runtime.CompilerServices;
using OrleansMail.Testing.Processes;

namespace OrleansMail.Architecture.Tests;

/// <summary>The product's assemblies and source files.</summary>
internal static class Product
{
    public static readonly Assembly Contracts = Load("OrleansMail.Contracts");
    public static readonly Assembly Storage = Load("OrleansMail.Storage");
    public static readonly Assembly Grains = Load("OrleansMail.Grains");
    public static readonly Assembly Smtp = Load("OrleansMail.Smtp");
    public static readonly Assembly Server = Load("OrleansMail.Server");

    public static IReadOnlyList<Assembly> Assemblies { get; } = [Contracts, Storage, Grains, Smtp, Server];

    /// <summary>Types that somebody wrote: not what compiler and source generators add.</summary>
    public static IEnumerable<Type> WrittenTypes(Assembly assembly) => assembly.GetTypes().Where(IsWritten);

    /// <summary>Source files under a folder of the repository, without build output.</summary>
    public static IEnumerable<string> SourceFiles(string folder) =>
        Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal));

    /// <summary>A file's path as people name it.</summary>
    public static string Relative(string file) => Path.GetRelativePath(Repository.Root, file);

    private static Assembly Load(string name) => Assembly.Load(name);

    private static bool IsWritten(Type type)
    {
        for (var current = type; current is not null; current = current.DeclaringType)
        {
            if (current.IsDefined(typeof(CompilerGeneratedAttribute)) || current.Name.StartsWith('<') || current.IsDefined(typeof(System.CodeDom.Compiler.GeneratedCodeAttribute)))
                return false;
        }

        return type.Namespace?.StartsWith("OrleansMail", StringComparison.Ordinal) == true;
    }
}
