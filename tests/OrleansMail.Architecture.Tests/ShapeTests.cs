using System.Reflection;
using System.Text.RegularExpressions;

namespace OrleansMail.Architecture.Tests;

/// <summary>How the code looks: small files, folders that explain it, nothing open that need not be.</summary>
public sealed partial class ShapeTests
{
    private const int LongFile = 200;
    private const int LongestFile = 600;

    public static TheoryData<string> Folders => ["src", "tests"];

    [Theory, MemberData(nameof(Folders))]
    public void No_file_is_longer_than_can_be_read_at_once(string folder)
    {
        // Read loops of hundreds of lines are where other servers' bugs live; a new chapter is a new type.
        var tooLong = Product.SourceFiles(folder).Where(file => Lines(file) > LongestFile).Select(Product.Relative);
        Assert.Empty(tooLong);
    }

    [Theory, MemberData(nameof(Folders))]
    public void Nine_of_ten_files_fit_on_a_few_screens(string folder)
    {
        var files = Product.SourceFiles(folder).ToList();
        var long200 = files.Where(file => Lines(file) > LongFile).Select(Product.Relative).ToList();
        Assert.True(long200.Count * 10 <= files.Count, $"{long200.Count} of {files.Count} files are longer than {LongFile} lines: {string.Join(", ", long200)}");
    }

    [Theory, MemberData(nameof(Folders))]
    public void A_namespace_is_its_folder(string folder)
    {
        // Who has a type's name has its place.
        var elsewhere = Product.SourceFiles(folder)
            .Select(file => (File: Product.Relative(file), Declared: NamespaceLine().Match(File.ReadAllText(file)).Groups[1].Value))
            .Where(file => file.Declared.Length > 0 && file.Declared != ExpectedNamespace(file.File))
            .Select(file => $"{file.File} declares {file.Declared}");
        Assert.Empty(elsewhere);
    }

    [Fact]
    public void Classes_are_sealed_unless_something_derives_from_them()
    {
        // Inheritance that nobody planned for is a promise that nobody keeps.
        var types = Product.Assemblies.SelectMany(Product.WrittenTypes).ToList();
        var bases = types.Select(type => type.BaseType).Where(type => type is not null).Select(type => type!.IsGenericType ? type.GetGenericTypeDefinition() : type).ToHashSet();
        var open = types.Where(type => type is { IsClass: true, IsSealed: false, IsAbstract: false } && !bases.Contains(type) && !IsEntryPoint(type));
        Assert.Empty(open.Select(type => type.FullName));
    }

    [Fact]
    public void No_type_is_a_drawer_for_whatever_fits_nowhere()
    {
        var drawers = Product.Assemblies.SelectMany(Product.WrittenTypes).Where(type => DrawerName().IsMatch(type.Name));
        Assert.Empty(drawers.Select(type => type.FullName));
    }

    [Fact]
    public void What_travels_between_silos_has_a_name_of_its_own()
    {
        // Old and new silos understand each other during an upgrade only when a rename in code changes nothing on the wire.
        var unnamed = Product.Assemblies.SelectMany(Product.WrittenTypes)
            .Where(type => type.IsDefined(typeof(GenerateSerializerAttribute)) && !type.IsDefined(typeof(AliasAttribute)))
            .Select(type => type.FullName);
        Assert.Empty(unnamed);
    }

    [Fact]
    public void Grain_interfaces_and_their_methods_have_names_of_their_own()
    {
        var interfaces = Product.Contracts.GetTypes().Where(type => type.IsInterface && type.IsAssignableTo(typeof(IAddressable))).ToList();
        Assert.NotEmpty(interfaces);
        var unnamed = interfaces.Cast<MemberInfo>().Concat(interfaces.SelectMany(type => type.GetMethods()))
            .Where(member => !member.IsDefined(typeof(AliasAttribute))).Select(member => $"{member.DeclaringType?.Name}.{member.Name}");
        Assert.Empty(unnamed);
    }

    [Fact]
    public void Source_silences_no_missing_documentation()
    {
        // The compiler demands a doc comment on each public member of src; a pragma would make that untrue.
        var silenced = Product.SourceFiles("src").Where(file => File.ReadAllText(file).Contains("CS1591", StringComparison.Ordinal));
        Assert.Empty(silenced.Select(Product.Relative));
    }

    private static int Lines(string file) => File.ReadLines(file).Count();

    private static bool IsEntryPoint(Type type) => type.FullName == "Program";

    private static string ExpectedNamespace(string relative)
    {
        var parts = Path.GetDirectoryName(relative)!.Split('/');
        return string.Join('.', parts.Skip(1));
    }

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex NamespaceLine();

    [GeneratedRegex("(Helpers?|Utils?|Utilit(y|ies)|Managers?|Misc|Common)$")]
    private static partial Regex DrawerName();
}
