using System.Reflection;
using System.Runtime.CompilerServices;

namespace OrleansMail.Smtp.Tests.Golden;

/// <summary>Types and members as text: what a caller can write against them.</summary>
internal static class Signature
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly NullabilityInfoContext Nullability = new();

    public static string Of(Type type)
    {
        var kind = type.IsInterface ? "interface" : type.IsEnum ? "enum" : type.IsValueType ? "struct" : typeof(Delegate).IsAssignableFrom(type) ? "delegate" : "class";
        var manner = kind != "class" ? "" : type is { IsAbstract: true, IsSealed: true } ? "static " : type.IsAbstract ? "abstract " : type.IsSealed ? "sealed " : "";
        var bases = new[] { type.BaseType }.Concat(type.GetInterfaces())
            .Where(one => one is not null && one != typeof(object) && one != typeof(ValueType) && !one.IsGenericType && one.IsPublic && kind is "class" or "interface");
        var list = string.Join(", ", bases.Select(one => Name(one!)).Order(StringComparer.Ordinal));
        return $"{manner}{kind} {type.FullName}{(list.Length > 0 ? " : " + list : "")}";
    }

    public static IEnumerable<string> OfMembers(Type type) => type switch
    {
        { IsEnum: true } => Enum.GetNames(type).Select(name => $"{name} = {(int)Enum.Parse(type, name)}"),
        _ when typeof(Delegate).IsAssignableFrom(type) => [Of(type.GetMethod("Invoke")!)],
        _ => type.GetConstructors(Declared).Select(static one => $"new({Parameters(one)})")
            .Concat(type.GetProperties(Declared).Select(Of))
            .Concat(type.GetFields(Declared).Select(static field => $"field {Name(field.FieldType)} {field.Name}"))
            .Concat(type.GetMethods(Declared).Where(static method => !method.IsSpecialName && !method.IsDefined(typeof(CompilerGeneratedAttribute))).Select(Of)),
    };

    private static string Of(PropertyInfo property)
    {
        var init = property.SetMethod?.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) == true;
        var set = property.SetMethod?.IsPublic != true ? "" : init ? " init;" : " set;";
        var required = property.IsDefined(typeof(RequiredMemberAttribute)) ? "required " : "";
        return $"{Static(property.GetMethod!)}{required}{Name(property.PropertyType, Nullability.Create(property))} {property.Name} {{ get;{set} }}";
    }

    private static string Of(MethodInfo method) =>
        $"{Static(method)}{Name(method.ReturnType, Nullability.Create(method.ReturnParameter))} {method.Name}({Parameters(method)})";

    private static string Static(MethodInfo method) => method.IsStatic ? "static " : "";

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(static one =>
        $"{Name(one.ParameterType, Nullability.Create(one))} {one.Name}{(one.HasDefaultValue ? " = " + (one.DefaultValue ?? "null") : "")}"));

    private static string Name(Type type, NullabilityInfo? info = null)
    {
        if (Nullable.GetUnderlyingType(type) is { } inner)
            return Name(inner) + "?";
        var mark = info is { ReadState: NullabilityState.Nullable } && !type.IsValueType ? "?" : "";
        if (!type.IsGenericType)
            return type.Name + mark;
        var arguments = type.GetGenericArguments().Select((one, i) => Name(one, info is { GenericTypeArguments: { Length: > 0 } known } ? known[i] : null));
        return $"{type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)]}<{string.Join(", ", arguments)}>{mark}";
    }
}
