using System.Reflection;
using OrleansMail.Contracts.Tenants;

namespace OrleansMail.Contracts.Tests.Serialization;

/// <summary>Silos of two versions understand each other by these names: one may be added, none renamed or removed.</summary>
public sealed class AliasTests
{
    [Fact]
    public async Task The_names_that_silos_call_each_other_by_are_as_listed()
    {
        var path = Path.Combine(AppContext.BaseDirectory, "Serialization", "aliases.txt");
        var actual = string.Join('\n', Names().Order(StringComparer.Ordinal)) + "\n";
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
            await File.WriteAllTextAsync(Path.Combine(AppContext.BaseDirectory, "..", "..", "..", "Serialization", "aliases.txt"), actual);
        else
            Assert.Equal(await File.ReadAllTextAsync(path), actual);
    }

    [Fact]
    public void Every_serialised_type_and_grain_interface_has_a_name() => Assert.All(
        typeof(TenantId).Assembly.GetTypes().Where(t => t.IsDefined(typeof(GenerateSerializerAttribute), false) || (t.IsInterface && t.IsAssignableTo(typeof(IGrain)))),
        t => Assert.True(t.IsDefined(typeof(AliasAttribute), false), t.Name));

    private static IEnumerable<string> Names()
    {
        foreach (var type in typeof(TenantId).Assembly.GetTypes())
        {
            if (type.GetCustomAttributes<AliasAttribute>(false).FirstOrDefault() is not { } alias || type.FullName!.StartsWith("OrleansCodeGen", StringComparison.Ordinal))
                continue;
            yield return alias.Alias;
            foreach (var member in type.GetMembers(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly))
            {
                if (member.GetCustomAttribute<AliasAttribute>() is { } name)
                    yield return $"{alias.Alias} {name.Alias}({string.Join(", ", ((MethodInfo)member).GetParameters().Select(p => p.Name))})";
                else if (member.GetCustomAttribute<IdAttribute>() is { } id)
                    yield return $"{alias.Alias} {id.Id} {member.Name}";
            }
        }
    }
}
