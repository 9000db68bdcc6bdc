namespace OrleansMail.Contracts.Provisioning;

/// <summary>A provisioned thing and the version it has, which <c>ETag</c> and <c>If-Match</c> carry.</summary>
[GenerateSerializer, Immutable, Alias("orleansmail.versioned`1")]
public sealed record Versioned<T>([property: Id(0)] T Value, [property: Id(1)] string Version);

/// <summary>A page of a list in a stable order.</summary>
/// <param name="Items">The things.</param>
/// <param name="Next">Where the next page begins; null when nothing more exists.</param>
[GenerateSerializer, Immutable, Alias("orleansmail.page`1")]
public sealed record Page<T>([property: Id(0)] IReadOnlyList<T> Items, [property: Id(1)] string? Next);

/// <summary>What became of a change.</summary>
[GenerateSerializer, Alias("orleansmail.change-status")]
public enum ChangeStatus
{
    /// <summary>It did not exist and does now.</summary>
    Created = 0,

    /// <summary>It existed and is as asked now.</summary>
    Updated = 1,

    /// <summary>It is gone now, or never was.</summary>
    Deleted = 2,

    /// <summary>Someone else changed it since the version the caller saw.</summary>
    VersionMismatch = 3,

    /// <summary>What it belongs to does not exist.</summary>
    ParentNotFound = 4,

    /// <summary>The request contradicts itself or something that exists; the result says how.</summary>
    Invalid = 5,

    /// <summary>What it belongs to has as many of its kind as it may.</summary>
    LimitReached = 6,

    /// <summary>A legal hold forbids it.</summary>
    Held = 7,
}

/// <summary>A change's outcome.</summary>
/// <param name="Status">What became of it.</param>
/// <param name="Value">The thing as it is now; null when the status says that nothing changed.</param>
/// <param name="Field">For <see cref="ChangeStatus.Invalid"/>: the field at fault.</param>
/// <param name="Problem">For <see cref="ChangeStatus.Invalid"/>: what is wrong and what would be right.</param>
[GenerateSerializer, Immutable, Alias("orleansmail.change-result`1")]
public sealed record ChangeResult<T>(
    [property: Id(0)] ChangeStatus Status,
    [property: Id(1)] Versioned<T>? Value = null,
    [property: Id(2)] string? Field = null,
    [property: Id(3)] string? Problem = null);
