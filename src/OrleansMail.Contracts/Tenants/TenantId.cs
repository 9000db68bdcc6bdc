using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace OrleansMail.Contracts.Tenants;

/// <summary>The name a tenant is provisioned under: 1 to 63 of <c>a-z</c>, <c>0-9</c> and <c>-</c>.</summary>
/// <remarks>A name can be used again after a deletion; what is stored carries the <see cref="Incarnation"/> instead.</remarks>
[GenerateSerializer, Immutable, Alias("orleansmail.tenant-id")]
public readonly record struct TenantId
{
    private const int MaxLength = 63;
    private static readonly SearchValues<char> Allowed = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");

    private TenantId(string value) => Value = value;

    /// <summary>The name as it stands in routes and grain keys.</summary>
    [Id(0)]
    public string Value { get; }

    /// <summary>Reads a tenant's name; false when it is not of the permitted form.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out TenantId tenant)
    {
        var valid = text is { Length: > 0 and <= MaxLength } && !text.AsSpan().ContainsAnyExcept(Allowed);
        tenant = valid ? new TenantId(text!) : default;
        return valid;
    }

    /// <inheritdoc cref="TryParse"/>
    /// <exception cref="FormatException">The text is not a tenant's name.</exception>
    public static TenantId Parse(string text) =>
        TryParse(text, out var tenant) ? tenant : throw new FormatException("A tenant's name is 1 to 63 of a-z, 0-9 and '-'.");

    /// <inheritdoc/>
    public override string ToString() => Value;
}
