namespace OrleansMail.Grains.State;

/// <summary>One page of a <see cref="PagedTable{T}"/>, as JSON: the entries from <see cref="From"/> to the next page's.</summary>
public sealed record TablePageState<T>
{
    /// <summary>The first key that belongs here; empty for the first page.</summary>
    public string From { get; init; } = "";

    /// <summary>The state name of the page behind this one; null for the last.</summary>
    public string? Next { get; init; }

    /// <summary>The entries in ordinal order of their keys.</summary>
    public IReadOnlyList<TableEntry<T>> Entries { get; init; } = [];

    /// <summary>Only in the first page, while a table is being cleared: the pages that may still exist.</summary>
    public IReadOnlyList<string> Cleared { get; init; } = [];
}

/// <summary>An entry and its key.</summary>
public sealed record TableEntry<T>(string Key, T Value);

/// <summary>Names pages so that they can be read at once; the links between pages alone say which belong to the table.</summary>
public sealed record TablePagesState
{
    /// <summary>State names, without the first page's.</summary>
    public IReadOnlyList<string> Pages { get; init; } = [];
}
